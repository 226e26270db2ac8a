using Semblance.Files.Json;
using Semblance.Tokenizers.Loading;

namespace Semblance.Tokenizers.PreTokenizers;

/// <summary>
/// Represents the treatment of spaces of SentencePiece: each space becomes a visible character (▁) that begins a word, and the text gets
/// one at its start.
/// </summary>
internal sealed class Metaspace(char replacement, PrependScheme scheme, bool split) : PreTokenizer
{
    /// <summary>
    /// Gets the keys that the pre-tokenizer and the decoder share; files of older versions repeat the replacement as <c>str_rep</c>.
    /// </summary>
    public static KnownKeys Keys => new KnownKeys().Supported("add_prefix_space", "prepend_scheme", "replacement").Ignored("str_rep");

    /// <inheritdoc/>
    public override Locality Locality => split ? Locality.Words : Locality.Whole;

    /// <summary>Reads a pre-tokenizer of type Metaspace.</summary>
    public static new Metaspace Read(JsonSection json) => new(ReadReplacement(json), ReadScheme(json), json.Flag("split", true));

    /// <summary>Reads the character that replaces a space.</summary>
    public static char ReadReplacement(JsonSection json) => json.Text("replacement", "▁") is [var character] && !char.IsSurrogate(character)
        ? character
        : throw json.Error("'replacement' is not one character up to U+FFFF");

    /// <summary>Reads which words get a leading space, also in the format of older files.</summary>
    public static PrependScheme ReadScheme(JsonSection json) =>
        !json.Flag("add_prefix_space", true) ? PrependScheme.Never : json.Text("prepend_scheme", "always") switch
        {
            "always" => PrependScheme.Always,
            "first" => PrependScheme.First,
            "never" => PrependScheme.Never,
            var other => throw json.Error($"prepend_scheme '{other}' is not supported; supported are always, first, never"),
        };

    /// <inheritdoc/>
    public override void Split(NormalizedText text, WordList words)
    {
        var changed = false;
        foreach (var word in words.Words)
        {
            if (word.Id < 0)
            {
                text.InPlace[word.Start..word.End].Replace(' ', replacement);
                changed |= NeedsSpace(text, word, text.Text);
            }
        }

        if (changed)
        {
            // The origin of a word is known only until it is rewritten.
            var needs = 0;
            var all = words.Restart();
            Span<bool> needsSpace = all.Length <= 256 ? stackalloc bool[all.Length] : new bool[all.Length];
            foreach (var word in all)
            {
                needsSpace[needs++] = word.Id < 0 && NeedsSpace(text, word, text.Text);
            }

            text.Rewrite();
            needs = 0;
            foreach (var word in all)
            {
                var start = text.Length;
                if (needsSpace[needs++])
                {
                    text.Append(replacement, word.Start);
                }

                text.Keep(word.Start, word.End);
                words.Add(new Word(start, text.Length, word.Id));
            }
        }

        if (split)
        {
            foreach (var word in words.Restart())
            {
                Split(text.Text, word, words);
            }
        }
    }

    private bool NeedsSpace(NormalizedText text, Word word, ReadOnlySpan<char> current) =>
        scheme != PrependScheme.Never && current[word.Start] != replacement
        && (scheme == PrependScheme.Always || text.OriginOf(word.Start) == 0);

    private void Split(ReadOnlySpan<char> text, Word word, WordList words)
    {
        var start = word.Start;
        while (word.Id < 0 && text[(start + 1)..word.End].IndexOf(replacement) is var next and >= 0)
        {
            words.Add(new Word(start, start + 1 + next));
            start += 1 + next;
        }

        words.Add(word with { Start = start });
    }
}
