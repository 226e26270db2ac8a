using System.Text;

namespace Semblance.Tokenizers.Training;

/// <summary>A vocabulary that needs no corpus: the characters of many languages, each a token.</summary>
public static class CharacterVocabulary
{
    private static readonly (int First, int Last)[] Ranges =
    [
        (0x21, 0x7E), // ASCII
        (0xA1, 0xBF), (0xDF, 0xF6), (0xF8, 0xFF), // Latin-1: signs and lower-case letters
        (0x100, 0x17F), // Latin Extended-A, of which the lower-case letters
        (0x370, 0x3FF), (0x400, 0x45F), // Greek and Cyrillic, of which the lower-case letters
        (0x2010, 0x2027), (0x2030, 0x203A), (0x20AC, 0x20AC), // punctuation, the euro
        (0x3001, 0x3020), (0xFF01, 0xFF0F), (0xFF1A, 0xFF20), (0xFF3B, 0xFF40), (0xFF5B, 0xFF65), // East Asian punctuation
        (0x3041, 0x3096), (0x30A1, 0x30FE), // kana
    ];

    /// <summary>The tokens: special ones, then characters; letters and digits also as the continuation of a word.</summary>
    /// <param name="special">The special tokens; null for BERT's.</param>
    public static IReadOnlyList<string> Create(IReadOnlyList<string>? special = null)
    {
        var characters = Letters().ToList();
        return
        [
            .. special ?? ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"],
            .. characters.Select(c => c.ToString()),
            .. characters.Where(char.IsLetterOrDigit).Select(c => $"##{c}"),
            .. Ideographs().Select(c => c.ToString()), // each is a word of its own
        ];
    }

    /// <summary>The characters alone.</summary>
    public static IEnumerable<string> Characters() => Letters().Concat(Ideographs()).Select(c => c.ToString());

    private static IEnumerable<char> Letters() => Ranges.SelectMany(range => Enumerable.Range(range.First, range.Last - range.First + 1)).Select(code => (char)code)
        .Where(c => c < 0x80 || (char.IsLetter(c) ? !char.IsUpper(c) : char.IsPunctuation(c) || char.IsSymbol(c)));

    // The most frequent characters of Chinese and of Japanese: the first levels of GB 2312 and of JIS X 0208, which
    // fill these rows of EUC.
    private static IEnumerable<char> Ideographs() => Level(936, 0xB0, 0xD7).Concat(Level(51932, 0xB0, 0xCF)).Where(c => c is >= '\u4E00' and <= '\u9FFF').Distinct().Order();

    private static IEnumerable<char> Level(int codePage, int firstRow, int lastRow)
    {
        var encoding = CodePagesEncodingProvider.Instance.GetEncoding(codePage)!;
        for (var row = firstRow; row <= lastRow; row++)
        {
            for (var cell = 0xA1; cell <= 0xFE; cell++)
            {
                var text = encoding.GetString([(byte)row, (byte)cell]);
                if (text.Length == 1)
                {
                    yield return text[0];
                }
            }
        }
    }
}
