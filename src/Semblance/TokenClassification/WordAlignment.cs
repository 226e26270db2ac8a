using Semblance.Tokenizers;

namespace Semblance;

/// <summary>Finds the tokens of words by their offsets in the text.</summary>
internal static class WordAlignment
{
    /// <summary>Returns the word that each token of a window belongs to; −1 for special tokens and tokens between words.</summary>
    /// <param name="window">The tokens.</param>
    /// <param name="starts">The positions of the words, ascending.</param>
    /// <param name="ends">The positions after the words.</param>
    public static int[] WordsOf(Encoding window, IReadOnlyList<int> starts, IReadOnlyList<int> ends)
    {
        var words = new int[window.Count];
        var word = 0;
        for (var i = 0; i < words.Length; i++)
        {
            words[i] = -1;
            if (window.Sequences[i] < 0)
            {
                continue;
            }

            // The first word that ends after the token's start. Offsets ascend, but an added space can begin a token.
            var (start, end) = window.Offsets[i];
            while (word < starts.Count && ends[word] <= start)
            {
                word++;
            }

            words[i] = word < starts.Count && starts[word] < end ? word : -1;
        }

        return words;
    }
}
