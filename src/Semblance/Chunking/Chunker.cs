using Semblance.Modules;
using Semblance.Tokenizers;

namespace Semblance.Chunking;

/// <summary>
/// Divides a text into chunks that fit the maximum sequence length, each with the prompt before it: each chunk, tokenized as a text of its
/// own, has at most a given number of tokens. A window of the text is tokenized at a time, so the time is linear in the length of the text
/// and the memory in that of a chunk.
/// </summary>
internal sealed class Chunker
{
    // Texts have about four characters per token; a window that is too short for a chunk is doubled.
    private const int WindowCharacters = 8;

    private readonly InputModule _module;
    private readonly string _text;
    private readonly string _prompt;
    private readonly int _size;
    private readonly int _overlap;
    private readonly TokenBuffer _tokens = new();
    private readonly List<(int Start, int End)> _spans = []; // positions of the tokens of the text, without those of the prompt

    private Chunker(InputModule module, string text, string prompt, int size, int overlap)
    {
        (_module, _text, _prompt) = (module, text, prompt);
        (_size, _overlap) = (size, overlap);
    }

    /// <summary>
    /// Returns the chunks of a text, in order. Together they cover the text; each begins at or before the end of the previous one.
    /// </summary>
    /// <param name="module">The module that tokenizes.</param>
    /// <param name="text">The text to divide.</param>
    /// <param name="prompt">The prompt before each chunk.</param>
    /// <param name="options">The size and overlap.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <exception cref="ArgumentException">
    /// The size is greater than the maximum sequence length, or too small for the prompt and the overlap.
    /// </exception>
    /// <exception cref="NotSupportedException">The module does not count tokens.</exception>
    public static IEnumerable<Chunk> Divide(
        InputModule module, string text, string prompt, EncodeOptions options, CancellationToken cancellationToken)
    {
        var size = options.ChunkSize ?? module.MaxSequenceLength;
        if (size > module.MaxSequenceLength)
        {
            throw new ArgumentException($"A chunk of {size} tokens is longer than the model's maximum of {module.MaxSequenceLength}; set "
                + "ChunkSize to at most that.", nameof(options));
        }

        if (options.ChunkOverlap > size / 2)
        {
            throw new ArgumentException($"An overlap of {options.ChunkOverlap} tokens is more than half of a chunk's {size}; set a smaller "
                + "ChunkOverlap or a larger ChunkSize.", nameof(options));
        }

        return size == int.MaxValue
            ? [new Chunk(0, text.Length, module.Tokenize(prompt + text).Ids.Length)] // the model has no maximum length
            : new Chunker(module, text, prompt, size, options.ChunkOverlap).Divide(cancellationToken);
    }

    private IEnumerable<Chunk> Divide(CancellationToken cancellationToken)
    {
        for (int start = 0, covered = 0; ;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (FillWindow(start))
            {
                yield return new Chunk(start, _text.Length, _tokens.Count);
                yield break;
            }

            var end = Cut(start, covered);
            if (end < 0 && start < covered)
            {
                start = covered; // no new text fits beside the overlap
                continue;
            }

            end = end < 0 ? NextCharacter(start) : end;
            yield return new Chunk(start, end, _tokens.Count);
            if (end == _text.Length)
            {
                yield break;
            }

            (start, covered) = (NextStart(start, end), end);
        }
    }

    /// <summary>
    /// Tokenizes the text from a position until a chunk is full; returns <see langword="true"/> if the rest of the text fits.
    /// </summary>
    private bool FillWindow(int start)
    {
        for (var length = (long)WindowCharacters * _size; ; length *= 2)
        {
            var end = (int)Math.Min(_text.Length, start + length);
            if (!Fits(start, end))
            {
                return false;
            }

            if (end == _text.Length)
            {
                return true;
            }
        }
    }

    /// <summary>
    /// Returns a value that indicates whether a part fits in a chunk. The buffer then holds its tokens, or the first of them.
    /// </summary>
    private bool Fits(int start, int end)
    {
        var shift = _module.Tokenize(string.Concat(_prompt, _text.AsSpan(start, end - start)), _size, _tokens) - _prompt.Length;
        _spans.Clear();
        var last = 0;
        for (var i = 0; i < _tokens.Count; i++)
        {
            var (from, to) = _tokens.Offsets[i];
            if (_tokens.Sequences[i] == 0 && to + shift > 0)
            {
                last = Math.Max(last, to + shift); // normalization may change the order of marks
                _spans.Add((start + Math.Max(0, from + shift), start + last));
            }
        }

        return !_tokens.Truncated;
    }

    /// <summary>
    /// Returns the end of the chunk for the filled window: the last position in its second half at which a sentence begins, or else a word,
    /// or else the end of the last whole token. A part alone may have more tokens than in the window, so each is tried. Returns -1 if
    /// nothing after <paramref name="covered"/> fits.
    /// </summary>
    private int Cut(int start, int covered)
    {
        if (_spans.Count == 0)
        {
            throw new ArgumentException($"A chunk of {_size} tokens has no room for text beside the special tokens and the prompt; set a "
                + "larger ChunkSize or a shorter prompt.");
        }

        var ends = _spans.Select(span => span.End).ToArray();
        var half = Math.Max(covered, ends[(ends.Length - 1) / 2]);
        var limit = ends[^1];
        while (limit < _text.Length && char.IsWhiteSpace(_text[limit]))
        {
            limit++;
        }

        var tried = -1;
        int[] begins = [TextBoundaries.LastSentence(_text, half, limit), TextBoundaries.LastWord(_text, half, limit)];
        foreach (var candidate in begins.Concat(ends.Reverse()))
        {
            var end = TextBoundaries.Whole(_text, candidate);
            if (end > start && end > covered && end != tried && Fits(start, end))
            {
                return end;
            }

            tried = end;
        }

        return -1;
    }

    /// <summary>
    /// Returns the end of the next character, which is a chunk even if it is too long: some characters become many tokens.
    /// </summary>
    private int NextCharacter(int start)
    {
        var end = start + (start + 1 < _text.Length && char.IsSurrogatePair(_text[start], _text[start + 1]) ? 2 : 1);
        Fits(start, end);
        return end;
    }

    /// <summary>
    /// Returns the start of the next chunk: the overlap in tokens before the end of a chunk, or the next start of a word.
    /// </summary>
    private int NextStart(int start, int end)
    {
        if (_overlap == 0 || _overlap >= _spans.Count)
        {
            return end;
        }

        var next = TextBoundaries.Whole(_text, _spans[^_overlap].Start);
        var word = TextBoundaries.FirstWord(_text, next, end);
        next = word < 0 ? next : word;
        return next > start && next < end ? next : end;
    }
}
