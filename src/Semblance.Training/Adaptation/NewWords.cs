using System.Text.RegularExpressions;
using Semblance.Modules;
using Semblance.Tokenizers;

namespace Semblance.Training;

/// <summary>
/// Adds words to the vocabulary of a model: frequent words of a domain that its tokenizer divides into many tokens. The embedding of a new
/// word is the mean of those of its tokens.
/// </summary>
/// <remarks>Words are those of scripts with upper and lower case, such as Latin, Greek and Cyrillic.</remarks>
public static partial class NewWords
{
    private const int FewestTokens = 3;
    private const int FewestOccurrences = 5;

    /// <summary>Finds the words that a tokenizer needs the most tokens for, beyond one for each occurrence.</summary>
    /// <param name="texts">The texts of the domain.</param>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="most">The maximum number of words.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>The words, the most useful first; in lower case if the tokenizer does not distinguish case.</returns>
    public static IReadOnlyList<string> Find(
        IEnumerable<string> texts, Tokenizer tokenizer, int most, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentOutOfRangeException.ThrowIfNegative(most);
        var lower = TokensOf("A", tokenizer).SequenceEqual(TokensOf("a", tokenizer));
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var text in texts)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var match in Word().EnumerateMatches(text))
            {
                var word = text.Substring(match.Index, match.Length);
                word = lower ? word.ToLowerInvariant() : word;
                counts[word] = counts.GetValueOrDefault(word) + 1;
            }
        }

        return
        [
            .. counts.Where(word => word.Value >= FewestOccurrences)
                .Select(word => (Word: word.Key, word.Value, Tokens: TokensOf(word.Key, tokenizer).Length))
                .Where(word => word.Tokens >= FewestTokens)
                .OrderByDescending(word => (long)word.Value * (word.Tokens - 1))
                .ThenBy(word => word.Word, StringComparer.Ordinal)
                .Take(most)
                .Select(word => word.Word),
        ];
    }

    /// <summary>Creates a model with more words in its vocabulary, to be trained.</summary>
    /// <param name="model">The model, which begins with a transformer.</param>
    /// <param name="words">The words, as <see cref="Find"/> returns them.</param>
    /// <returns>The model, whose parameters are copies.</returns>
    /// <exception cref="NotSupportedException">
    /// The model begins with another module, its architecture does not support a larger vocabulary, or its tokenizer has no
    /// <c>tokenizer.json</c>.
    /// </exception>
    /// <exception cref="ArgumentException">A word is empty, is in the vocabulary already, or occurs twice.</exception>
    public static SentenceTransformer Add(SentenceTransformer model, IReadOnlyList<string> words)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(words);
        if (model.Modules[0] is not TransformerModule module)
        {
            throw new NotSupportedException(
                $"The model begins with {model.Modules[0]}, whose vocabulary cannot be extended; expected a transformer.");
        }

        var tokenizer = module.Tokenizer.AddWords(words);
        var embeddings = words.ToDictionary(
            word => tokenizer.TokenToId(word)!.Value, word => (IReadOnlyList<int>)TokensOf(word, module.Tokenizer));
        var transformer = module.Transformer.ExtendVocabulary(tokenizer.VocabularySize, embeddings);
        return new SentenceTransformer(
            [new TransformerModule(tokenizer, transformer, module.MaxSequenceLength, module.LowerCase), .. model.Modules.Skip(1)],
            model.Config);
    }

    // The tokens of a word after a space, as it stands in a text.
    private static int[] TokensOf(string word, Tokenizer tokenizer)
    {
        var buffer = new TokenBuffer();
        tokenizer.Encode(" " + word, null, 0, specialTokens: false, buffer);
        return buffer.Ids.ToArray();
    }

    [GeneratedRegex(@"[\p{Lu}\p{Ll}\p{Lt}][\p{Lu}\p{Ll}\p{Lt}\p{M}\p{Nd}]{3,}")]
    private static partial Regex Word();
}
