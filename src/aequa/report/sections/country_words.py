"""Names of the index's pillars and indicators."""

from __future__ import annotations

from aequa.report.words import say_as


def pillar(code: str) -> str:
    """The printed name of a pillar, or its code where it has none.

    >>> pillar("human_capital")
    'Human capital'
    """
    names = {
        "attention": say_as("pillar", "Attention and investment"),
        "data": say_as("pillar", "Data"),
        "technology": say_as("pillar", "Technology"),
        "electricity": say_as("pillar", "Electricity"),
        "connectivity": say_as("pillar", "Connectivity"),
        "skills": say_as("pillar", "Skills"),
        "compute": say_as("pillar", "Compute"),
        "language": say_as("pillar", "Language"),
        "human_capital": say_as("pillar", "Human capital"),
    }
    return names.get(code, code.replace("_", " "))


def indicator(code: str, source: str) -> str:
    """A short name of an indicator of the index, or what its ``source`` calls it.

    >>> indicator("spi:USE", "Statistical Performance Indicators: data use")
    'Use of its statistics'
    >>> indicator("my:own", "Trees planted")
    'Trees planted'
    """
    names = {
        "wdi:IP.JRN.ARTC.SC": say_as("indicator", "Scientific and technical articles"),
        "un:GB_XPD_RSDV": say_as("indicator", "Research and development spending"),
        "un:GB_POP_SCIERD": say_as("indicator", "Researchers"),
        "epoch:models": say_as("indicator", "Notable AI models"),
        "spi:USE": say_as("indicator", "Use of its statistics"),
        "spi:SERVICES": say_as("indicator", "Services of its statistics"),
        "spi:PRODUCTS": say_as("indicator", "Products of its statistics"),
        "spi:SOURCES": say_as("indicator", "Sources of its statistics"),
        "spi:INFRASTRUCTURE": say_as("indicator", "Infrastructure of its statistics"),
        "wdi:EG.ELC.ACCS.ZS": say_as("indicator", "Access to electricity"),
        "gapminder:internet_users": say_as("indicator", "People using the internet"),
        "gapminder:broadband": say_as("indicator", "Fixed broadband subscriptions"),
        "un:IT_MOB_4GNTWK": say_as("indicator", "People within a 4G network"),
        "un:SE_TOT_CPLR": say_as("indicator", "Lower secondary school completed"),
        "un:SE_ACC_INTN": say_as("indicator", "Secondary schools with internet"),
        "epoch:gpu_h100e": say_as("indicator", "Capacity of AI clusters"),
        "cldr:language_open_speech_share": say_as("indicator", "Speakers with open speech data"),
        "undp:hdi": say_as("indicator", "Human Development Index"),
    }
    return names.get(code, source)
