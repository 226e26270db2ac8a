using Semblance.Tokenizers.Loading;

namespace Semblance.Tokenizers.PreTokenizers;

/// <summary>Splits a text into words of a fixed number of characters; the last word can be shorter.</summary>
internal sealed class FixedLength(int length) : PreTokenizer
{
    /// <summary>Reads a pre-tokenizer of type FixedLength.</summary>
    public static new FixedLength Read(JsonSection json) =>
        json.Number("length", 5) is var length and > 0 ? new FixedLength(length) : throw json.Error("found length 0, expected 1 or more");

    /// <inheritdoc/>
    public override void Split(NormalizedText text, WordList words)
    {
        var units = text.Text;
        foreach (var word in words.Restart())
        {
            var (start, count) = (word.Start, 0);
            for (var i = word.Start; i < word.End && word.Id < 0; i++)
            {
                if (!char.IsLowSurrogate(units[i]) && count++ == length)
                {
                    words.Add(new Word(start, i));
                    (start, count) = (i, 1);
                }
            }

            words.Add(word with { Start = start });
        }
    }
}
