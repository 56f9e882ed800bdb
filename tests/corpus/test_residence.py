"""The famous errors of country resolution, each as one line, and what must stay unknown."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aequa.core.countries import Country, countries, is_country
from aequa.corpus.gazetteer import table as rows
from aequa.corpus.gazetteer import tokens
from aequa.corpus.residence import country_of

CASES = """
Georgia Inst Technol, Sch Elect & Comp Engn, Atlanta, GA 30332 USA -> USA
Georgia Institute of Technology -> USA
Georgia Tech -> USA
Georgia State University -> USA
University of Georgia -> USA
The University of Georgia, Tbilisi, Georgia -> GEO
Athens, GA -> USA
Athens, Georgia -> USA
Atlanta, Georgia -> USA
Emory University, Atlanta, Georgia, USA -> USA
Georgia, USA -> USA
Tbilisi State University, Tbilisi, Georgia -> GEO
Tbilisi, Georgia -> GEO
Ilia State University, Georgia -> GEO
Tbilisi State Univ, GE-0128 Tbilisi, Rep of Georgia -> GEO
C/ Palau, Barcelona -> ESP
C/ Palau 25, 08002 Barcelona, Spain -> ESP
Institut de Cultura, Palau de la Virreina, Barcelona -> ESP
Palau de Congressos, Carrer Palau 3, Girona, Spain -> ESP
Palau Community College, Koror, Palau -> PLW
C/ Palau 25 -> None
Seoul Natl Univ, Seoul, South Korea -> KOR
Seoul Natl Univ, Seoul 151742, Korea -> KOR
Seoul, Republic of Korea -> KOR
Seoul, Korea, Republic of -> KOR
Korea University -> KOR
Korea -> KOR
Kim Il Sung Univ, Pyongyang, North Korea -> PRK
Kim Il Sung University, Pyongyang, DPR Korea -> PRK
Pyongyang, Democratic People's Republic of Korea -> PRK
Pyongyang, D.P.R. Korea -> PRK
Univ Kinshasa, Kinshasa, DEM REP CONGO -> COD
University of Kinshasa, DR Congo -> COD
Kinshasa, Congo -> COD
Kinshasa, Democratic Republic of the Congo -> COD
Lubumbashi, Congo (Kinshasa) -> COD
Brazzaville, Congo -> COG
Université Marien Ngouabi, Brazzaville, Rep Congo -> COG
Pointe-Noire, Republic of the Congo -> COG
Institut Pasteur, Congo-Brazzaville -> COG
Ministry of Health, Congo -> None
Université de Conakry, Conakry, Guinea -> GIN
Ministry of Health, Guinea -> GIN
Bissau, Guinea-Bissau -> GNB
INASA, Guinea Bissau -> GNB
Malabo, Equatorial Guinea -> GNQ
Equat Guinea -> GNQ
University of Papua New Guinea -> PNG
Port Moresby, Papua N Guinea -> PNG
Guinea pig research group -> None
Univ Edinburgh, Edinburgh, Midlothian, Scotland -> GBR
Cardiff Univ, Cardiff, Wales -> GBR
Univ Oxford, Oxford, England -> GBR
Queens Univ Belfast, Belfast, Antrim, North Ireland -> GBR
Ulster University, N. Ireland -> GBR
Ulster University, Northern Ireland -> GBR
University of Bristol, Bristol BS8 1TH -> GBR
University College Dublin, Ireland -> IRL
Trinity College Dublin -> IRL
London, UK -> GBR
Royal Veterinary College, Hawkshead Lane, North Mymms, UK. -> GBR
Someplace Ltd, UK -> GBR
Coastal Trust, Long Island -> None
Amazon Environmental Research Institute -> None
Amazon -> USA
Oxford, GB -> GBR
Oxford, U.K. -> GBR
University of New South Wales -> AUS
Wollongong, New South Wales -> AUS
Univ Sydney, Sydney, NSW 2006, Australia -> AUS
University of New England -> None
Federal University of Technology, Minna, Niger State, Nigeria -> NGA
Niger State Polytechnic, Niger State -> NGA
Niger Delta University -> NGA
Niamey, Niger -> NER
Abdou Moumouni University, Niger -> NER
University of Lagos, Nigeria -> NGA
Univ Hong Kong, Dept Comp Sci, Hong Kong, Peoples R China -> HKG
Chinese University of Hong Kong -> HKG
Hong Kong, China -> HKG
Hong Kong SAR -> HKG
Kowloon, Hong Kong -> HKG
Chinese Univ Hong Kong, Shenzhen Res Inst, Shenzhen, Peoples R China -> CHN
The Chinese University of Hong Kong, Shenzhen -> CHN
University of Macau, Macao, China -> MAC
Univ Macau, Taipa, Macau -> MAC
Macau, Peoples R China -> MAC
Natl Taiwan Univ, Taipei 106, Taiwan -> TWN
National Taiwan University, Taipei, Taiwan, Province of China -> TWN
National Taiwan University, Taipei, Taiwan, ROC -> TWN
National Taiwan University, Taipei, Taiwan, R.O.C. -> TWN
Taipei, Taiwan, China -> TWN
Chinese Taipei -> TWN
National Tsing Hua University -> TWN
Tsinghua University -> CHN
Academy of Sciences, Moscow, USSR -> RUS
Inst Cybernet, Kiev, USSR -> UKR
Acad Sci, Tbilisi, Georgian SSR -> GEO
Academy of Sciences, USSR -> None
Soviet Union -> None
Univ Belgrade, Belgrade, Yugoslavia -> SRB
Univ Zagreb, Zagreb, Yugoslavia -> HRV
Ministry of Health, Yugoslavia -> None
Charles Univ, Prague, Czechoslovakia -> CZE
Comenius Univ, Bratislava, Czechoslovakia -> SVK
Czechoslovakia -> None
Humboldt Univ, Berlin, Ger Dem Rep -> DEU
Univ Bonn, Fed Rep Ger -> DEU
East Germany -> DEU
Kinshasa, Zaire -> COD
Rangoon, Burma -> MMR
Univ Swaziland, Swaziland -> SWZ
University of Eswatini, Kwaluseni, Eswatini -> SWZ
Skopje, Macedonia -> MKD
Skopje, North Macedonia -> MKD
University of Macedonia, Thessaloniki, Greece -> GRC
Salisbury, Rhodesia -> ZWE
Michael Jordan Institute -> None
Jordan Laboratory of Vision -> None
Univ Jordan, Amman 11942, Jordan -> JOR
University of Jordan -> JOR
Chad Smith Center -> None
N'Djamena, Chad -> TCD
Turkey Breeding Station -> None
Koc Univ, Istanbul, Turkey -> TUR
Bilkent University, Ankara, Türkiye -> TUR
Middle East Tech Univ, TR-06531 Ankara, Turkiye -> TUR
University of New Mexico -> USA
Univ New Mexico, Albuquerque, NM 87131 USA -> USA
Tecnol Monterrey, Monterrey, Mexico -> MEX
Mexico City, Mexico -> MEX
Indiana University -> USA
Indiana University, Bloomington, IN -> USA
Bangalore, IN -> IND
Peru, Indiana -> USA
Lima, Peru -> PER
St Helier, Jersey -> JEY
New Jersey Institute of Technology -> USA
Newark, NJ -> USA
Jersey City, NJ -> USA
Sultan Qaboos Univ, Muscat, Oman -> OMN
Roman Catholic University -> None
Mogadishu University, Somalia -> SOM
Bamako, Mali -> MLI
Dominican Republic -> DOM
Santo Domingo, Dominican Rep -> DOM
Roseau, Dominica -> DMA
Lebanon, NH -> USA
Dartmouth Coll, Hanover, NH 03755 USA -> USA
American University of Beirut, Beirut, Lebanon -> LBN
Cuba, NY -> USA
Havana, Cuba -> CUB
Paris, Texas -> USA
Paris, France -> FRA
Paris -> FRA
Cambridge, MA -> USA
MIT, Cambridge -> USA
Univ Cambridge, Cambridge CB2 1TN, England -> GBR
University of Cambridge, Cambridge -> GBR
Cambridge -> None
Birmingham, AL -> USA
Univ Birmingham, Birmingham B15 2TT, W Midlands, England -> GBR
Ontario, California -> USA
Univ Toronto, Toronto, ON M5S 1A1, Canada -> CAN
Univ Toronto, Toronto, ON M5S 1A1 -> CAN
London, Ontario -> CAN
Univ Tokyo, Tokyo -> JPN
University of Washington -> USA
Washington, DC -> USA
Universidad de Granada, Granada -> ESP
St Georges Univ, St Georges, Grenada -> GRD
St Martin -> None
Virgin Isl -> None
St Thomas, US Virgin Islands -> VIR
Road Town, Tortola, British Virgin Isl -> VGB
Willemstad, Curacao -> CUW
Willemstad, Curaçao -> CUW
Apia, Samoa -> WSM
Pago Pago, American Samoa -> ASM
Brno, Czechia -> CZE
Abidjan, Cote Ivoire -> CIV
Abidjan, Côte d'Ivoire -> CIV
Abidjan, Ivory Coast -> CIV
Praia, Cabo Verde -> CPV
Praia, Cape Verde -> CPV
San Juan, PR 00931 USA -> PRI
University of Puerto Rico, Mayagüez, Puerto Rico, USA -> PRI
Stanford Univ, Stanford, CA 94305 USA -> USA
Carnegie Mellon Univ, Pittsburgh, PA 15213 USA -> USA
Khalifa Univ, Abu Dhabi, U Arab Emirates -> ARE
Univ Sarajevo, Sarajevo, Bosnia & Herceg -> BIH
Univ West Indies, St Augustine, Trinidad Tobago -> TTO
Carnegie Mellon University -> USA
Carnegie Mellon University Africa, Kigali, Rwanda -> RWA
Carnegie Mellon University Qatar -> QAT
INRIA -> FRA
LAAS-CNRS -> FRA
CNRS -> FRA
ETH Zurich -> CHE
ETH Zürich -> CHE
Zuerich, Switzerland -> CHE
KAIST -> KOR
Google -> USA
Google, Zurich -> CHE
MIT -> USA
Microsoft Research Asia -> CHN
Microsoft Research, Cambridge -> GBR
Xi'an Jiaotong-Liverpool University -> CHN
University of Nottingham Ningbo China -> CHN
Universität Bonn -> DEU
Universitaet Muenchen -> DEU
Technische Universität München, Deutschland -> DEU
Universidad de Sevilla, España -> ESP
Universidade de São Paulo, Brasil -> BRA
清华大学，北京，中国 -> CHN
東京大学 -> JPN
东京大学, 日本 -> JPN
МГУ, Москва, Россия -> RUS
서울대학교, 대한민국 -> KOR
Dept of Physics, j.smith@ox.ac.uk -> GBR
School of Software, wang@tsinghua.edu.cn -> CHN
someone@lix.fr -> FRA
lab@cs.example.edu -> USA
info@startup.ai -> None
info@startup.io -> None
me@yahoo.fr -> None
prof@unal.edu.co -> COL
The Hague, The Netherlands -> NLD
Department of Physics -> None
Independent Researcher -> None
Northeastern University -> None
MIT+Harvard University -> USA
University of Oxford+Google -> None
University of Oxford; Google DeepMind -> GBR
"""


def _cases() -> list[tuple[str, str | None]]:
    lines = [line.rsplit(" -> ", 1) for line in CASES.strip().splitlines()]
    return [(text, None if code == "None" else code) for text, code in lines]


@pytest.mark.parametrize(("text", "expected"), _cases())
def test_famous_errors(text: str, expected: str | None) -> None:
    assert country_of(text) == expected


@given(st.text(max_size=200))
@settings(max_examples=100, deadline=None)
def test_any_text_gives_a_country_or_none(text: str) -> None:
    found = country_of(text)
    assert found is None or is_country(found)


@pytest.mark.parametrize("country", countries(), ids=lambda country: country.alpha3)
def test_every_english_name_is_found_after_a_comma(country: Country) -> None:
    unclear = {"COG", "MAF", "CCK"}  # shared names, and one with brackets in the middle
    found = country_of(f"Ministry of Health, {country.name}")
    assert found == (None if country.alpha3 in unclear else country.alpha3)


@pytest.mark.parametrize("table", ["places.tsv", "cities.tsv", "organisations.tsv"])
def test_every_row_names_a_country(table: str) -> None:
    named = [row[0] for row in rows("aequa.corpus", table)]
    assert all(code == "" or is_country(code) for code in named)


def test_every_organisation_has_one_meaning() -> None:
    names = [
        tokens(name.removeprefix("="))
        for row in rows("aequa.corpus", "organisations.tsv")
        for name in row[2].split("|")
    ]
    assert len(names) == len(set(names))


def test_long_text_is_cut_not_searched() -> None:
    assert country_of("x" * 100_000 + ", France") is None
