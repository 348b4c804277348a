"""What can be sold: one TOML file a category, and the code that reads them."""

from cashier.catalogue.catalogue import Catalogue, ExtraProduct, Product, Unplaced
from cashier.catalogue.category import Category
from cashier.catalogue.fact import Caution, Fact, show
from cashier.catalogue.model import Words
from cashier.catalogue.number import NumberRefused, NumberRule
from cashier.catalogue.operators import MobileOperator
from cashier.catalogue.problem import CatalogueProblem
from cashier.catalogue.reading import load_catalogue
from cashier.catalogue.rules import ClosingHours, FeePolicy, Figures, Rules
from cashier.catalogue.struk import Layout, StrukLine

__all__ = [
    "Catalogue",
    "CatalogueProblem",
    "Category",
    "Caution",
    "ClosingHours",
    "ExtraProduct",
    "Fact",
    "FeePolicy",
    "Figures",
    "Layout",
    "MobileOperator",
    "NumberRefused",
    "NumberRule",
    "Product",
    "Rules",
    "StrukLine",
    "Unplaced",
    "Words",
    "load_catalogue",
    "show",
]
