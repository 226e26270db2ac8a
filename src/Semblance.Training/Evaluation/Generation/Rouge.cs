using System.Text;

namespace Semblance.Training;

/// <summary>
/// Computes ROUGE of generated texts, above all summaries (Lin 2004, "ROUGE: a package for automatic evaluation of summaries"), as the
/// package rouge_score does.
/// </summary>
/// <remarks>
/// Tokens are words of the letters a to z and digits, in lower case; other characters separate them. Chinese, Japanese and Korean
/// characters, which rouge_score leaves out, are tokens of their own, as is usual for such texts.
/// </remarks>
/// <param name="stemming">
/// <see langword="true"/> to compare the stems of English words with more than three letters (Porter 1980); <see langword="false"/>, the
/// default, to compare words.
/// </param>
public sealed class Rouge(bool stemming = false)
{
    /// <summary>Returns the overlap of n-grams (ROUGE-N).</summary>
    /// <param name="prediction">The generated text.</param>
    /// <param name="reference">The reference.</param>
    /// <param name="n">The number of tokens of an n-gram: 1 for ROUGE-1, 2 for ROUGE-2.</param>
    public RougeScore OfNGrams(string prediction, string reference, int n)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1);
        var (generated, expected) = (NGrams.Count(Tokenize(prediction), n), NGrams.Count(Tokenize(reference), n));
        return RougeScore.Of(NGrams.Shared(generated, expected), generated.Values.Sum(), expected.Values.Sum());
    }

    /// <summary>Returns the length of the longest common subsequence of the whole texts (ROUGE-L).</summary>
    /// <param name="prediction">The generated text.</param>
    /// <param name="reference">The reference.</param>
    public RougeScore OfSubsequence(string prediction, string reference)
    {
        var (generated, expected) = (Tokenize(prediction), Tokenize(reference));
        return RougeScore.Of(Lengths(expected, generated)[expected.Count, generated.Count], generated.Count, expected.Count);
    }

    /// <summary>
    /// Returns the union of the longest common subsequences of each sentence of the reference with all generated sentences (ROUGE-Lsum).
    /// Sentences are lines.
    /// </summary>
    /// <param name="prediction">The generated text, a sentence on each line.</param>
    /// <param name="reference">The reference, a sentence on each line.</param>
    public RougeScore OfSummary(string prediction, string reference)
    {
        List<string>[] generated = Sentences(prediction), expected = Sentences(reference);
        var left = NGrams.Count([.. generated.SelectMany(sentence => sentence)], 1);
        var shared = 0;
        foreach (var sentence in expected)
        {
            foreach (var position in generated.SelectMany(other => Common(sentence, other)).Distinct().Order())
            {
                // A generated token counts once. The reference cannot run out, as each of its positions is visited once.
                if (left.GetValueOrDefault(sentence[position]) > 0)
                {
                    left[sentence[position]]--;
                    shared++;
                }
            }
        }

        return RougeScore.Of(shared, generated.Sum(sentence => sentence.Count), expected.Sum(sentence => sentence.Count));
    }

    private List<string>[] Sentences(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Tokenize)];
    }

    private List<string> Tokenize(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var tokens = new List<string>();
        var word = new StringBuilder();
        foreach (var rune in text.ToLowerInvariant().EnumerateRunes())
        {
            if (rune.IsAscii && Rune.IsLetterOrDigit(rune))
            {
                word.Append((char)rune.Value);
                continue;
            }

            AddWord();
            if (IsWordless(rune.Value))
            {
                tokens.Add(rune.ToString());
            }
        }

        AddWord();
        return tokens;

        void AddWord()
        {
            if (word.Length > 0)
            {
                tokens.Add(stemming && word.Length > 3 ? PorterStemmer.Stem(word.ToString()) : word.ToString());
                word.Clear();
            }
        }
    }

    // Letters of scripts without spaces, or with syllables as letters: Han, kana and Hangul.
    private static bool IsWordless(int rune) => rune is (>= 0x3041 and <= 0x30FF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x4E00 and <= 0x9FFF)
        or (>= 0xAC00 and <= 0xD7A3) or (>= 0xF900 and <= 0xFAFF) or (>= 0x20000 and <= 0x323AF);

    // The lengths of the longest common subsequences of the beginnings of two sequences.
    private static int[,] Lengths(List<string> reference, List<string> generated)
    {
        var lengths = new int[reference.Count + 1, generated.Count + 1];
        for (var i = 1; i <= reference.Count; i++)
        {
            for (var j = 1; j <= generated.Count; j++)
            {
                lengths[i, j] = reference[i - 1] == generated[j - 1]
                    ? lengths[i - 1, j - 1] + 1
                    : Math.Max(lengths[i - 1, j], lengths[i, j - 1]);
            }
        }

        return lengths;
    }

    // The positions of a longest common subsequence in the reference; of several, the one that rouge_score finds.
    private static IEnumerable<int> Common(List<string> reference, List<string> generated)
    {
        var lengths = Lengths(reference, generated);
        for (int i = reference.Count, j = generated.Count; i > 0 && j > 0;)
        {
            if (reference[i - 1] == generated[j - 1])
            {
                yield return i - 1;
                (i, j) = (i - 1, j - 1);
            }
            else if (lengths[i, j - 1] > lengths[i - 1, j])
            {
                j--;
            }
            else
            {
                i--;
            }
        }
    }
}
