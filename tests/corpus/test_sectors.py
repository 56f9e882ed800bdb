from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aequa.core.works import SECTORS
from aequa.corpus.sectors import sector_of

CASES = """
University of Nairobi -> academia
Univ Nacl Autonoma Mexico, Inst Ingn -> academia
Technische Universität Dresden -> academia
Universidade Federal do Ceará -> academia
Hochschule Luzern -> academia
École Polytechnique -> academia
Politecnico di Milano -> academia
Massachusetts Institute of Technology -> academia
Research Institute for Water, University of Cape Town -> academia
東京大学 -> academia
清华大学 -> academia
서울대학교 -> academia
MIT -> academia
University Hospital Zurich -> healthcare
Universitätsklinikum Heidelberg -> healthcare
Centre Hospitalier Universitaire Vaudois -> healthcare
Hospital Clínic de Barcelona -> healthcare
Mayo Clinic -> healthcare
Oxford University Hospitals NHS Foundation Trust -> healthcare
Yale New Haven Hospital -> healthcare
University of Maryland Medical Center -> healthcare
北京协和医院 -> healthcare
Microsoft Research -> company
Google DeepMind -> company
IBM Research -> company
NVIDIA -> company
Tencent AI Lab -> company
Siemens AG -> company
Acme Institute for Widgets Ltd. -> company
Kitten Robotics, Inc. -> company
Petróleo Exemplo S.A. -> company
Beispiel GmbH -> company
Shell (Netherlands) -> company
华为技术有限公司 -> company
AI Lab, Tencent -> company
Ministry of Health -> government
Ministério da Saúde -> government
US Department of Energy -> government
NASA -> government
City of Amsterdam -> government
European Commission -> intergovernmental
World Bank -> intergovernmental
World Bank Institute -> intergovernmental
United Nations Development Programme -> intergovernmental
UNESCO -> intergovernmental
World Health Organization -> intergovernmental
WHO -> intergovernmental
OECD -> intergovernmental
CERN -> intergovernmental
International Telecommunication Union -> intergovernmental
Food and Agriculture Organization of the United Nations -> intergovernmental
Brookings Institution -> nonprofit
Fundación Ejemplo -> nonprofit
Royal Astronomical Society -> nonprofit
Kenya Red Cross -> nonprofit
Oak Ridge National Laboratory -> facility
Sandia National Laboratories -> facility
CNRS -> facility
INRIA -> facility
Max Planck Institute for Informatics -> facility
Fraunhofer IAIS -> facility
CSIRO -> facility
RIKEN -> facility
Chinese Academy of Sciences -> facility
University of Chinese Academy of Sciences -> academia
Royal Observatory -> facility
Agency for Science, Technology and Research -> facility
中国科学院自动化研究所 -> facility
Independent Researcher -> None
Institution not specified -> None
Unknown Institution -> None
Department of Stuff -> None
 -> None
, ; () -> None
"""


def _cases() -> list[tuple[str, str | None]]:
    lines = [line.rsplit(" -> ", 1) for line in CASES.strip("\n").splitlines()]
    return [(text, None if sector == "None" else sector) for text, sector in lines]


@pytest.mark.parametrize(("text", "expected"), _cases())
def test_sectors(text: str, expected: str | None) -> None:
    assert sector_of(text) == expected


def test_a_word_is_not_found_inside_another() -> None:
    assert sector_of("Incheon Ltdx Corporal") is None
    assert sector_of("Inc Valley") is None


@given(st.text(max_size=200))
@settings(max_examples=100, deadline=None)
def test_any_text_gives_a_sector_or_none(text: str) -> None:
    assert sector_of(text) in (None, *(set(SECTORS) - {"other"}))
