//! Which locales exist and whose data each uses.

mod de_de;
mod en_gb;
mod en_us;
mod es_es;
mod fr_fr;
mod it_it;
pub(super) mod ja_jp;
mod more;
mod neighbours;
mod pt_br;
mod ru_ru;
mod zh_cn;

use super::table::Tables;

/// A locale and its data.
#[derive(Debug)]
pub struct Locale {
    /// Its code, such as `en_US`.
    pub code: &'static str,
    pub(in crate::fake) data: &'static Tables,
    borrowed: bool,
}

pub(super) static ENGLISH: Tables = en_us::EN_US;
static BRITISH: Tables = en_gb::EN_GB;
static GERMAN: Tables = de_de::DE_DE;
static FRENCH: Tables = fr_fr::FR_FR;
static SPANISH: Tables = es_es::ES_ES;
static ITALIAN: Tables = it_it::IT_IT;
static BRAZILIAN: Tables = pt_br::PT_BR;
static RUSSIAN: Tables = ru_ru::RU_RU;
static JAPANESE: Tables = ja_jp::JA_JP;
static CHINESE: Tables = zh_cn::ZH_CN;
static AUSTRIAN: Tables = neighbours::DE_AT;
static SWISS: Tables = neighbours::DE_CH;
static CANADIAN: Tables = neighbours::EN_CA;
static QUEBECOIS: Tables = neighbours::FR_CA;
static AUSTRALIAN: Tables = neighbours::EN_AU;
static MEXICAN: Tables = neighbours::ES_MX;
static PORTUGUESE: Tables = neighbours::PT_PT;
static DUTCH: Tables = more::NL_NL;
static POLISH: Tables = more::PL_PL;
static TURKISH: Tables = more::TR_TR;
static SWEDISH: Tables = more::SV_SE;
static UKRAINIAN: Tables = more::UK_UA;
static KOREAN: Tables = more::KO_KR;
static TAIWANESE: Tables = more::ZH_TW;
static ARABIC: Tables = more::AR_SA;
static PERSIAN: Tables = more::FA_IR;
static WELSH: Tables = more::CY_GB;

/// Codes of the Python library, with the data each uses here.
#[rustfmt::skip]
static LOCALES: &[Locale] = &[
    of("en_US", &ENGLISH), of("en", &ENGLISH), of("en_AU", &AUSTRALIAN), of("en_BD", &BRITISH),
    of("en_CA", &CANADIAN), of("en_GB", &BRITISH), of("en_IE", &BRITISH), of("en_IN", &BRITISH),
    of("en_KE", &BRITISH), of("en_MS", &ENGLISH), of("en_NG", &BRITISH), of("en_NZ", &AUSTRALIAN),
    of("en_PH", &ENGLISH), of("en_PK", &BRITISH), of("en_TH", &ENGLISH), of("ar_AA", &ARABIC), of("ar_AE", &ARABIC),
    of("ar_BH", &ARABIC), of("ar_DZ", &ARABIC), of("ar_EG", &ARABIC), of("ar_JO", &ARABIC), of("ar_PS", &ARABIC),
    of("ar_SA", &ARABIC), borrowing("az_AZ"), borrowing("bg_BG"), borrowing("bn_BD"), borrowing("bs_BA"),
    borrowing("cs_CZ"), of("cy_GB", &WELSH), borrowing("da_DK"), of("de", &GERMAN), of("de_AT", &AUSTRIAN),
    of("de_CH", &SWISS), of("de_DE", &GERMAN), of("de_LI", &SWISS), of("de_LU", &GERMAN), borrowing("dk_DK"),
    borrowing("el_CY"), borrowing("el_GR"), of("es", &SPANISH), of("es_AR", &MEXICAN), of("es_CA", &SPANISH),
    of("es_CL", &MEXICAN), of("es_CO", &MEXICAN), of("es_ES", &SPANISH), of("es_MX", &MEXICAN), borrowing("et_EE"),
    of("fa_IR", &PERSIAN), borrowing("fi_FI"), borrowing("fil_PH"), of("fr_BE", &FRENCH), of("fr_CA", &QUEBECOIS),
    of("fr_CH", &FRENCH), of("fr_DZ", &FRENCH), of("fr_FR", &FRENCH), of("fr_QC", &QUEBECOIS), borrowing("ga_IE"),
    borrowing("gu_IN"), borrowing("ha_NG"), borrowing("he_IL"), borrowing("hi_IN"), borrowing("hr_HR"),
    borrowing("hu_HU"), borrowing("hy_AM"), borrowing("id_ID"), borrowing("ig_NG"), borrowing("is_IS"),
    of("it_CH", &ITALIAN), of("it_IT", &ITALIAN), of("ja_JP", &JAPANESE), borrowing("ka_GE"), borrowing("kk_KZ"),
    of("ko_KR", &KOREAN), borrowing("la"), of("lb_LU", &GERMAN), borrowing("lt_LT"), borrowing("lv_LV"),
    borrowing("mt_MT"), borrowing("ne_NP"), of("nl_BE", &DUTCH), of("nl_NL", &DUTCH), borrowing("no_NO"),
    borrowing("or_IN"), of("pl_PL", &POLISH), of("pt_BR", &BRAZILIAN), of("pt_PT", &PORTUGUESE), borrowing("ro_RO"),
    of("ru_RU", &RUSSIAN), borrowing("sk_SK"), borrowing("sl_SI"), borrowing("sq_AL"), of("sv_SE", &SWEDISH),
    borrowing("sw"), borrowing("ta_IN"), borrowing("th"), borrowing("th_TH"), borrowing("tl_PH"),
    of("tr_TR", &TURKISH), borrowing("tw_GH"), of("ug_CN", &CHINESE), of("uk_UA", &UKRAINIAN), borrowing("uz_UZ"),
    borrowing("vi_VN"), borrowing("yo_NG"), of("zh_CN", &CHINESE), of("zh_TW", &TAIWANESE), borrowing("zu_ZA"),
];

/// Codes of `mimesis` and the locale whose data they use.
#[rustfmt::skip]
const MIMESIS: &[(&str, &str)] = &[
    ("ar-ae", "ar_AE"), ("ar-dz", "ar_DZ"), ("ar-eg", "ar_EG"), ("ar-jo", "ar_JO"), ("ar-om", "ar_AA"), ("ar-kw", "ar_AA"),
    ("ar-ma", "ar_AA"), ("ar-qa", "ar_AA"), ("ar-sa", "ar_SA"), ("ar-sy", "ar_AA"), ("ar-tn", "ar_AA"), ("ar-ye", "ar_AA"),
    ("az", "az_AZ"), ("cs", "cs_CZ"), ("da", "da_DK"), ("de", "de_DE"), ("de-at", "de_AT"), ("de-ch", "de_CH"), ("el", "el_GR"),
    ("en", "en_US"), ("en-au", "en_AU"), ("en-ca", "en_CA"), ("en-gb", "en_GB"), ("es", "es_ES"), ("es-mx", "es_MX"),
    ("et", "et_EE"), ("fa", "fa_IR"), ("fi", "fi_FI"), ("fr", "fr_FR"), ("hu", "hu_HU"), ("hr", "hr_HR"), ("is", "is_IS"),
    ("it", "it_IT"), ("ja", "ja_JP"), ("kk", "kk_KZ"), ("ko", "ko_KR"), ("nl", "nl_NL"), ("nl-be", "nl_BE"), ("no", "no_NO"),
    ("pl", "pl_PL"), ("pt", "pt_PT"), ("pt-br", "pt_BR"), ("ru", "ru_RU"), ("sk", "sk_SK"), ("sv", "sv_SE"), ("tr", "tr_TR"),
    ("uk", "uk_UA"), ("zh", "zh_CN"),
];

/// Where two-letter codes go that are no locale of their own.
const DEFAULTS: &[(&str, &str)] = &[
    ("ar", "ar_AA"),
    ("zh", "zh_CN"),
    ("pt", "pt_PT"),
    ("fr", "fr_FR"),
    ("it", "it_IT"),
    ("ja", "ja_JP"),
    ("ko", "ko_KR"),
    ("cs", "cs_CZ"),
    ("da", "da_DK"),
    ("el", "el_GR"),
    ("sv", "sv_SE"),
    ("uk", "uk_UA"),
    ("nl", "nl_NL"),
];

const fn of(code: &'static str, data: &'static Tables) -> Locale {
    Locale {
        code,
        data,
        borrowed: false,
    }
}

/// A locale the Python library knows and that has no tables here.
const fn borrowing(code: &'static str) -> Locale {
    Locale {
        code,
        data: &ENGLISH,
        borrowed: true,
    }
}

impl Locale {
    /// The locale of a faker code; `-` and `_` and letter case are interchangeable.
    pub fn faker(code: &str) -> Option<&'static Self> {
        let wanted = code.replace('-', "_");
        let exact = LOCALES
            .iter()
            .find(|locale| locale.code.eq_ignore_ascii_case(&wanted));
        if exact.is_some() || wanted.contains('_') || wanted.is_empty() {
            return exact;
        }
        let default = DEFAULTS
            .iter()
            .find(|(short, _)| short.eq_ignore_ascii_case(&wanted));
        if let Some((_, full)) = default {
            return Self::faker(full);
        }
        LOCALES.iter().find(|locale| {
            let language = locale.code.split('_').next();
            language.is_some_and(|language| language.eq_ignore_ascii_case(&wanted))
        })
    }

    /// The locale of a mimesis code.
    pub fn mimesis(code: &str) -> Option<&'static Self> {
        let (_, faker) = MIMESIS.iter().find(|(known, _)| *known == code)?;
        Self::faker(faker)
    }

    /// Codes of all faker locales.
    pub fn codes() -> impl Iterator<Item = &'static str> {
        LOCALES.iter().map(|locale| locale.code)
    }

    /// Codes of all mimesis locales.
    pub fn mimesis_codes() -> impl Iterator<Item = &'static str> {
        MIMESIS.iter().map(|(code, _)| *code)
    }

    /// True when the locale has no data of its own and gives English instead.
    pub fn borrowed(&self) -> bool {
        self.borrowed
    }

    /// True where umlauts are written as two letters in ASCII.
    pub(super) fn german(&self) -> bool {
        self.code.starts_with("de")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;

    #[test]
    fn every_code_resolves() {
        for code in Locale::codes() {
            assert_eq!(Locale::faker(code).unwrap().code, code);
        }
        for code in Locale::mimesis_codes() {
            assert!(Locale::mimesis(code).is_some(), "{code}");
        }
        assert_eq!(Locale::faker("fr").unwrap().code, "fr_FR");
        assert_eq!(Locale::faker("ru").unwrap().code, "ru_RU");
        assert_eq!(Locale::faker("EN-us").unwrap().code, "en_US");
        assert!(Locale::faker("nope").is_none());
        assert!(Locale::faker("").is_none());
        assert!(Locale::mimesis("en_US").is_none());
        assert!(Locale::faker("hy_AM").unwrap().borrowed());
        assert!(!Locale::faker("de_AT").unwrap().borrowed());
    }
}
