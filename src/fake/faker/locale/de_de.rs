//! German, Germany.

#![cfg_attr(rustfmt, rustfmt::skip)]

use fake::locales as crates;
use fake::locales::Data as _;

use super::super::ids;
use super::super::table::{Bban, Tables, Words};
use super::en_us::EN_US;

pub(in crate::fake::faker) const DE_DE: Tables = Tables {
    female: &[
        "Anna", "Maria", "Ursula", "Monika", "Petra", "Elisabeth", "Sabine", "Renate", "Helga", "Karin", "Brigitte", "Ingrid",
        "Erika", "Andrea", "Gisela", "Claudia", "Susanne", "Gabriele", "Christa", "Christine", "Hildegard", "Anja", "Barbara",
        "Gerda", "Stefanie", "Nicole", "Julia", "Katharina", "Sandra", "Heike", "Kerstin", "Martina", "Angelika", "Birgit",
        "Silke", "Tanja", "Melanie", "Katrin", "Daniela", "Sarah", "Lena", "Lea", "Laura", "Lisa", "Hannah", "Emma", "Mia",
        "Sophie", "Leonie", "Johanna", "Charlotte", "Frieda", "Greta", "Mathilda", "Ida", "Antonia", "Franziska", "Theresa",
        "Jana", "Nadine", "Carola", "Sigrid", "Lieselotte", "Dörte", "Wiebke", "Käthe", "Annegret", "Sieglinde",
    ],
    male: &[
        "Peter", "Michael", "Thomas", "Andreas", "Wolfgang", "Klaus", "Jürgen", "Günter", "Stefan", "Christian", "Uwe", "Werner",
        "Horst", "Frank", "Dieter", "Manfred", "Gerhard", "Hans", "Bernd", "Thorsten", "Mathias", "Helmut", "Walter", "Heinz",
        "Martin", "Jörg", "Rolf", "Jens", "Sven", "Alexander", "Jan", "Rainer", "Holger", "Karl", "Dirk", "Joachim", "Ralf",
        "Carsten", "Oliver", "Markus", "Tobias", "Sebastian", "Daniel", "Florian", "Felix", "Maximilian", "Paul", "Leon", "Lukas",
        "Jonas", "Ben", "Finn", "Elias", "Noah", "Anton", "Moritz", "Jakob", "Emil", "Henry", "Oskar", "Theo", "Matteo", "Linus",
        "Götz", "Rüdiger", "Siegfried", "Friedrich", "Ludwig",
    ],
    last: crates::DE_DE::NAME_LAST_NAME,
    prefix_female: &["Frau", "Dr.", "Prof.", "Dipl.-Ing.", "Univ.Prof."],
    prefix_male: &["Herr", "Dr.", "Prof.", "Dipl.-Ing.", "Univ.Prof."],
    suffixes: &["B.A.", "B.Sc.", "B.Eng.", "MBA.", "M.Sc."],
    names: &[
        (90, "{first} {last}"), (4, "{prefix} {first} {last}"), (4, "{first} {last} {suffix}"), (2, "{first} {last}-{last}"),
    ],
    cities: &[
        "Berlin", "Hamburg", "München", "Köln", "Frankfurt am Main", "Stuttgart", "Düsseldorf", "Leipzig", "Dortmund", "Essen",
        "Bremen", "Dresden", "Hannover", "Nürnberg", "Duisburg", "Bochum", "Wuppertal", "Bielefeld", "Bonn", "Münster",
        "Mannheim", "Karlsruhe", "Augsburg", "Wiesbaden", "Mönchengladbach", "Gelsenkirchen", "Aachen", "Braunschweig", "Kiel",
        "Chemnitz", "Halle", "Magdeburg", "Freiburg im Breisgau", "Krefeld", "Mainz", "Lübeck", "Erfurt", "Oberhausen",
        "Rostock", "Kassel", "Hagen", "Potsdam", "Saarbrücken", "Hamm", "Ludwigshafen", "Oldenburg", "Osnabrück", "Leverkusen",
        "Heidelberg", "Darmstadt", "Solingen", "Regensburg", "Paderborn", "Ingolstadt", "Offenbach", "Würzburg", "Fürth", "Ulm",
        "Heilbronn", "Pforzheim", "Wolfsburg", "Göttingen", "Bottrop", "Reutlingen", "Koblenz", "Bremerhaven", "Erlangen",
        "Bergisch Gladbach", "Trier", "Jena", "Salzgitter", "Siegen", "Cottbus", "Hildesheim", "Gera", "Zwickau", "Flensburg",
    ],
    city_formats: &["{city_name}"],
    city_suffixes: &["stadt", "dorf", "land", "scheid", "burg", "berg", "heim", "hagen", "feld", "brunn", "grün"],
    states: &[
        ("Baden-Württemberg", "BW"), ("Bayern", "BY"), ("Berlin", "BE"), ("Brandenburg", "BB"), ("Bremen", "HB"),
        ("Hamburg", "HH"), ("Hessen", "HE"), ("Mecklenburg-Vorpommern", "MV"), ("Niedersachsen", "NI"),
        ("Nordrhein-Westfalen", "NW"), ("Rheinland-Pfalz", "RP"), ("Saarland", "SL"), ("Sachsen", "SN"),
        ("Sachsen-Anhalt", "ST"), ("Schleswig-Holstein", "SH"), ("Thüringen", "TH"),
    ],
    districts: &["Altstadt", "Neustadt", "Nordstadt", "Südstadt", "Weststadt", "Oststadt", "Innenstadt", "Zentrum"],
    streets: &[
        "Hauptstraße", "Schulstraße", "Bahnhofstraße", "Gartenstraße", "Dorfstraße", "Bergstraße", "Birkenweg", "Lindenstraße",
        "Kirchstraße", "Waldstraße", "Ringstraße", "Schillerstraße", "Goethestraße", "Amselweg", "Wiesenweg", "Jahnstraße",
        "Buchenweg", "Friedhofstraße", "Eichenweg", "Finkenweg", "Ahornweg", "Rosenstraße", "Blumenstraße", "Brunnenstraße",
        "Mühlenweg", "Mozartstraße", "Beethovenstraße", "Feldstraße", "Talstraße", "Am Markt", "Marktplatz", "Parkstraße",
        "Mittelstraße", "Poststraße", "Raiffeisenstraße", "Industriestraße", "Lerchenweg", "Fliederweg", "Tannenweg",
        "Kastanienallee", "Uferstraße", "Schlossstraße", "Burgstraße", "Lessingstraße", "Kantstraße", "Bismarckstraße",
    ],
    street_suffixes: &["straße", "str.", "weg", "allee", "ring", "platz", "gasse"],
    street_formats: &["{street}", "{street}", "{last}straße", "{last}weg", "{first}-{last}-Straße", "{last}platz"],
    numbers: &["%", "%#", "%##", "%a", "%#b"],
    secondary: &["Whg. %", "%. OG"],
    street_addresses: &["{street_name} {number}"],
    addresses: &["{street_address}\n{postcode} {city}"],
    postcodes: &["0%###", "%####"],
    country: "Deutschland",
    country_code: "DE",
    countries: COUNTRIES,
    company_prefixes: &[],
    company_suffixes: &["AG", "AG & Co. KG", "GbR", "GmbH", "GmbH & Co. KG", "GmbH & Co. KGaA", "KG", "KGaA", "OHG mbH", "e.V.", "Stiftung & Co. KG"],
    company_formats: &["{last} {company_suffix}", "{last} {last} {company_suffix}", "{last} {company_suffix}"],
    jobs: &[
        "Altenpfleger", "Anlagenmechaniker", "Arzt", "Augenoptiker", "Automobilkaufmann", "Bäcker", "Bankkaufmann", "Bauingenieur",
        "Bauzeichner", "Bestattungsfachkraft", "Bibliothekar", "Binnenschiffer", "Biologe", "Buchhändler", "Bühnenmaler",
        "Chemielaborant", "Chirurg", "Dachdecker", "Datenanalyst", "Dolmetscher", "Drogist", "Elektroniker", "Ergotherapeut",
        "Erzieher", "Fachinformatiker", "Fahrlehrer", "Feuerwehrmann", "Florist", "Fluglotse", "Forstwirt", "Fotograf", "Friseur",
        "Gärtner", "Geograph", "Gleisbauer", "Goldschmied", "Grundschullehrer", "Hebamme", "Hotelfachmann", "Immobilienmakler",
        "Industriekaufmann", "Ingenieur", "Journalist", "Jurist", "Kameramann", "Kfz-Mechatroniker", "Koch", "Konditor",
        "Landwirt", "Lokführer", "Maler", "Maschinenbauer", "Maurer", "Mathematiker", "Mediengestalter", "Metzger", "Notar",
        "Physiker", "Pilot", "Polizist", "Raumausstatter", "Rechtsanwalt", "Richter", "Schauspieler", "Schornsteinfeger",
        "Schreiner", "Softwareentwickler", "Sozialarbeiter", "Steuerberater", "Tierarzt", "Tischler", "Übersetzer", "Uhrmacher",
        "Vermessungstechniker", "Verwaltungsfachangestellter", "Winzer", "Zahnarzt", "Zimmerer", "Zollbeamter",
    ],
    phones: &[
        "+49(0)##########", "+49(0)#### ######", "+49 (0) #### ######", "+49(0) #########", "+49(0)#### #####", "0##########",
        "0#########", "0#### ######", "0#### #####", "(0####) ######", "(0####) #####",
    ],
    mobiles: &["+49 15# ########", "015# ########", "+49 17# #######", "017# #######"],
    tlds: &["com", "com", "com", "net", "org", "de", "de", "de"],
    free_mail: &["aol.de", "gmail.com", "gmx.de", "googlemail.com", "hotmail.de", "web.de", "yahoo.de"],
    words: &[
        "ab", "aber", "Abend", "acht", "alle", "allein", "als", "alt", "Angst", "Antwort", "Arbeit", "Arzt", "Auge", "Auto", "baden",
        "bald", "Ball", "Bauer", "Baum", "bauen", "beginnen", "bei", "beide", "Bein", "Berg", "besser", "Bett", "Bild", "bis",
        "bitte", "blau", "bleiben", "Blume", "Boden", "böse", "brauchen", "Brief", "bringen", "Bruder", "Buch", "da", "dabei",
        "danach", "dann", "dauern", "dein", "denken", "denn", "dick", "Dorf", "drei", "dunkel", "durch", "dürfen", "Ecke", "Ei",
        "einfach", "Eltern", "Ende", "endlich", "Erde", "erklären", "erschrecken", "erst", "erzählen", "essen", "fahren", "fallen",
        "Familie", "fangen", "fast", "Fenster", "Ferien", "fertig", "fest", "Feuer", "finden", "Fisch", "fliegen", "Frage", "Frau",
        "frei", "fressen", "Freund", "früh", "fünf", "Fuß", "ganz", "Garten", "geben", "gehen", "Geld", "gern", "Geschichte",
        "gestern", "gesund", "Glas", "glauben", "Glück", "groß", "grün", "gut", "Haar", "haben", "halten", "Hand", "Haus", "heiß",
        "helfen", "Herr", "Herz", "heute", "hier", "Himmel", "hoch", "holen", "Hund", "immer", "Jahr", "jung", "kalt", "kaufen",
        "Kind", "klein", "kommen", "Kopf", "kurz", "lachen", "Land", "lang", "laufen", "Leben", "legen", "Lehrer", "leicht", "lesen",
        "Leute", "Licht", "lieb", "liegen", "machen", "Mann", "Mensch", "Minute", "Morgen", "müssen", "Mutter", "nah", "Name",
        "nehmen", "neu", "Nacht", "öffnen", "Ort", "Platz", "rennen", "richtig", "rufen", "Sache", "sagen", "schauen", "Schiff",
        "schlafen", "schnell", "schön", "Schule", "schwer", "See", "sehen", "Sonne", "spielen", "Stadt", "stehen", "Straße", "Stück",
        "Stunde", "suchen", "Tag", "Tier", "tragen", "Tür", "Uhr", "Vater", "verlieren", "viel", "Vogel", "warten", "Wasser", "Weg",
        "weit", "Welt", "wenig", "werden", "Wetter", "wissen", "Woche", "wohnen", "Wort", "zehn", "zeigen", "Zeit", "ziehen", "Zimmer",
    ],
    months: &[
        "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember",
    ],
    weekdays: &["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"],
    colors: &[
        "Beige", "Blau", "Bernstein", "Braun", "Dunkelblau", "Dunkelgrün", "Dunkelrot", "Elfenbein", "Gelb", "Gold", "Grau", "Grün",
        "Hellblau", "Hellgrün", "Indigo", "Karmesin", "Kastanienbraun", "Koralle", "Lachs", "Lavendel", "Limone", "Magenta",
        "Marineblau", "Olivgrün", "Orange", "Orchidee", "Pflaume", "Purpur", "Rosa", "Rot", "Schwarz", "Silber", "Stahlblau",
        "Tomatenrot", "Türkis", "Violett", "Weiß", "Zyan",
    ],
    currency: ("EUR", "Euro", "€"),
    prices: &["%,##\u{a0}€", "%#,##\u{a0}€", "%##,##\u{a0}€", "%.###,##\u{a0}€", "%#.###,##\u{a0}€"],
    banks: &[
        "Deutsche Bank", "Commerzbank", "DZ Bank", "KfW", "UniCredit Bank", "Landesbank Baden-Württemberg", "BayernLB", "Helaba",
        "NORD/LB", "ING-DiBa", "Postbank", "DKB", "Targobank", "Berliner Sparkasse", "Hamburger Sparkasse", "GLS Bank",
        "Volksbank Mittelhessen", "Stadtsparkasse München", "Comdirect", "N26",
    ],
    bank_country: "DE",
    bban: Bban::Mask("##################"),
    plates: &[
        "B-?? ####", "HH-?? ####", "M-?? ####", "K-?? ###", "F-?? ###", "S-?? ###", "D-?? ###", "L-?? ###", "DO-?? ###", "E-?? ###",
        "HB-?? ###", "DD-?? ###", "H-?? ###", "N-?? ###", "GÖ-??-###", "FD-?-##", "MÜ-??-##", "LÜ-?-###", "WÜ-??-%##", "HRO-??-##",
    ],
    person_id: ids::german_tax,
    vat_id: ids::german_vat,
    ..EN_US
};

pub(super) const COUNTRIES: Words = &[
    "Deutschland", "Österreich", "Schweiz", "Liechtenstein", "Luxemburg", "Frankreich", "Belgien", "Niederlande", "Dänemark",
    "Schweden", "Norwegen", "Finnland", "Island", "Irland", "Vereinigtes Königreich", "Spanien", "Portugal", "Italien",
    "Griechenland", "Polen", "Tschechien", "Slowakei", "Ungarn", "Slowenien", "Kroatien", "Serbien", "Bosnien und Herzegowina",
    "Albanien", "Bulgarien", "Rumänien", "Ukraine", "Belarus", "Russische Föderation", "Estland", "Lettland", "Litauen", "Türkei",
    "Zypern", "Malta", "Färöer", "Ägypten", "Marokko", "Tunesien", "Algerien", "Südafrika", "Kenia", "Nigeria", "Äthiopien",
    "Vereinigte Staaten", "Kanada", "Mexiko", "Brasilien", "Argentinien", "Chile", "Peru", "Kolumbien", "Kuba", "Japan", "China",
    "Indien", "Indonesien", "Thailand", "Vietnam", "Südkorea", "Philippinen", "Israel", "Saudi-Arabien", "Australien", "Neuseeland",
];
