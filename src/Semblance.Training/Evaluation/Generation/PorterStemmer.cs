namespace Semblance.Training;

/// <summary>
/// Removes the endings of English words (Porter 1980, "An algorithm for suffix stripping"), with the extensions of NLTK, whose stemmer
/// ROUGE uses: irregular words, <c>y</c> after a consonant, short words with <c>ie</c>, and a few more endings.
/// </summary>
internal static class PorterStemmer
{
    private static readonly Dictionary<string, string> Irregular = new(StringComparer.Ordinal)
    {
        ["sky"] = "sky",
        ["skies"] = "sky",
        ["dying"] = "die",
        ["lying"] = "lie",
        ["tying"] = "tie",
        ["news"] = "news",
        ["innings"] = "inning",
        ["inning"] = "inning",
        ["outings"] = "outing",
        ["outing"] = "outing",
        ["cannings"] = "canning",
        ["canning"] = "canning",
        ["howe"] = "howe",
        ["proceed"] = "proceed",
        ["exceed"] = "exceed",
        ["succeed"] = "succeed",
    };

    // Endings of the second and third step with what replaces them; the first that fits decides.
    private static readonly (string Ending, string Replacement)[] Second =
    [
        ("ational", "ate"), ("tional", "tion"), ("enci", "ence"), ("anci", "ance"), ("izer", "ize"), ("bli", "ble"), ("alli", "al"),
        ("entli", "ent"), ("eli", "e"), ("ousli", "ous"), ("ization", "ize"), ("ation", "ate"), ("ator", "ate"), ("alism", "al"),
        ("iveness", "ive"), ("fulness", "ful"), ("ousness", "ous"), ("aliti", "al"), ("iviti", "ive"), ("biliti", "ble"), ("fulli", "ful"),
    ];

    private static readonly (string Ending, string Replacement)[] Third =
    [
        ("icate", "ic"), ("ative", ""), ("alize", "al"), ("iciti", "ic"), ("ical", "ic"), ("ful", ""), ("ness", ""),
    ];

    private static readonly string[] Fourth =
    [
        "al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent", "ion", "ou", "ism", "ate", "iti", "ous", "ive",
        "ize",
    ];

    /// <summary>Returns the stem of a word in lower case.</summary>
    public static string Stem(string word)
    {
        if (Irregular.TryGetValue(word, out var irregular))
        {
            return irregular;
        }

        if (word.Length <= 2)
        {
            return word;
        }

        word = Past(Plural(word));
        word = word is [.., 'y'] && word.Length > 2 && IsConsonant(word, word.Length - 2) ? word[..^1] + "i" : word;
        return Last(Without(Replace(Double(word), Third)));
    }

    private static string Plural(string word) =>
        word.EndsWith("ies", StringComparison.Ordinal) ? word[..^(word.Length == 4 ? 1 : 2)]
        : word.EndsWith("sses", StringComparison.Ordinal) ? word[..^2]
        : word.EndsWith("ss", StringComparison.Ordinal) ? word
        : word.EndsWith('s') ? word[..^1]
        : word;

    private static string Past(string word)
    {
        if (word.EndsWith("ied", StringComparison.Ordinal))
        {
            return word[..^(word.Length == 4 ? 1 : 2)];
        }

        if (word.EndsWith("eed", StringComparison.Ordinal))
        {
            return Measure(word[..^3]) > 0 ? word[..^1] : word;
        }

        var stem = word.EndsWith("ed", StringComparison.Ordinal) ? word[..^2]
            : word.EndsWith("ing", StringComparison.Ordinal) ? word[..^3]
            : null;
        return stem is null || !HasVowel(stem) ? word
            : stem.EndsWith("at", StringComparison.Ordinal) || stem.EndsWith("bl", StringComparison.Ordinal)
                || stem.EndsWith("iz", StringComparison.Ordinal) ? stem + "e"
            : stem.Length > 1 && stem[^1] == stem[^2] && IsConsonant(stem, stem.Length - 1)
                ? stem[^1] is 'l' or 's' or 'z' ? stem : stem[..^1]
            : Measure(stem) == 1 && EndsShort(stem) ? stem + "e"
            : stem;
    }

    private static string Double(string word)
    {
        if (word.EndsWith("alli", StringComparison.Ordinal) && Measure(word[..^4]) > 0)
        {
            return Double(word[..^2]);
        }

        return word.EndsWith("logi", StringComparison.Ordinal) // the l counts as part of the stem
            ? Measure(word[..^3]) > 0 ? word[..^1] : word
            : Replace(word, Second);
    }

    private static string Replace(string word, (string Ending, string Replacement)[] rules)
    {
        foreach (var (ending, replacement) in rules)
        {
            if (word.EndsWith(ending, StringComparison.Ordinal))
            {
                return Measure(word[..^ending.Length]) > 0 ? word[..^ending.Length] + replacement : word;
            }
        }

        return word;
    }

    private static string Without(string word)
    {
        var ending = Array.Find(Fourth, ending => word.EndsWith(ending, StringComparison.Ordinal)
            && (ending != "ion" || word is [.., 's' or 't', _, _, _]));
        return ending is not null && Measure(word[..^ending.Length]) > 1 ? word[..^ending.Length] : word;
    }

    private static string Last(string word)
    {
        if (word.EndsWith('e') && word[..^1] is var stem && Measure(stem) is var measure
            && (measure > 1 || (measure == 1 && !EndsShort(stem))))
        {
            word = stem;
        }

        return word.EndsWith("ll", StringComparison.Ordinal) && Measure(word[..^1]) > 1 ? word[..^1] : word;
    }

    private static bool IsConsonant(string word, int i) => word[i] switch
    {
        'a' or 'e' or 'i' or 'o' or 'u' => false,
        'y' => i == 0 || !IsConsonant(word, i - 1),
        _ => true,
    };

    private static bool HasVowel(string stem) => Enumerable.Range(0, stem.Length).Any(i => !IsConsonant(stem, i));

    // The number of times that a vowel is followed by a consonant.
    private static int Measure(string stem) =>
        Enumerable.Range(1, Math.Max(0, stem.Length - 1)).Count(i => IsConsonant(stem, i) && !IsConsonant(stem, i - 1));

    // Consonant, vowel, consonant other than w, x and y; or a vowel and a consonant alone.
    private static bool EndsShort(string stem) => stem.Length switch
    {
        >= 3 => IsConsonant(stem, stem.Length - 3) && !IsConsonant(stem, stem.Length - 2) && IsConsonant(stem, stem.Length - 1)
            && stem[^1] is not ('w' or 'x' or 'y'),
        2 => !IsConsonant(stem, 0) && IsConsonant(stem, 1),
        _ => false,
    };
}
