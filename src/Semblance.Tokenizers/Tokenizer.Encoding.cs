namespace Semblance.Tokenizers;

/// <content>Text to tokens.</content>
public sealed partial class Tokenizer
{
    // A larger buffer is not kept for the next text of the thread.
    private const int LargestKeptBuffer = 1 << 14;

    [ThreadStatic]
    private static TokenBuffer? _buffer;

    /// <summary>Encodes a text or a pair of texts. Any text is valid; half of a surrogate pair becomes U+FFFD.</summary>
    /// <param name="text">The text to encode.</param>
    /// <param name="pair">The second text of a pair, or <see langword="null"/>.</param>
    /// <param name="options">
    /// The maximum length, the special tokens and more; <see langword="null"/> for <see cref="TokenizerOptions.Default"/>.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">The maximum length or the stride is negative.</exception>
    /// <exception cref="ArgumentException">
    /// The truncation strategy names a text that is missing or too short, or the stride is not less than the length of a part.
    /// </exception>
    /// <exception cref="TokenizerFormatException">The rules of the tokenizer make the text more than 256 times as long.</exception>
    public Encoding Encode(string text, string? pair = null, TokenizerOptions? options = null)
    {
        options ??= TokenizerOptions.Default;
        var buffer = TakeBuffer();
        var encoding = options is { Overflow: false, Truncation: TruncationStrategy.LongestFirst, Stride: 0 } && SideOf(options) == Side.Right
            ? EncodeBeginning(buffer, text, pair, options)
            : EncodeParts(buffer, text, pair, options);
        ReturnBuffer(buffer);
        return encoding;
    }

    /// <summary>
    /// Encodes a text or a pair of texts into a buffer, so that nothing is allocated once the buffer has grown. The previous content of the
    /// buffer is replaced.
    /// </summary>
    /// <param name="text">The text to encode.</param>
    /// <param name="pair">The second text of a pair, or <see langword="null"/>.</param>
    /// <param name="maxLength">The maximum number of tokens, including special tokens; 0 for no limit.</param>
    /// <param name="specialTokens">
    /// <see langword="true"/> to add the special tokens of the model; otherwise, <see langword="false"/>.
    /// </param>
    /// <param name="destination">Receives the ids, type ids and offsets.</param>
    /// <param name="truncationSide">The side at which tokens are removed; <see cref="Side.Right"/> by default.</param>
    public void Encode(string text, string? pair, int maxLength, bool specialTokens, TokenBuffer destination, Side truncationSide = Side.Right)
    {
        ArgumentNullException.ThrowIfNull(destination);
        var removesBeginning = truncationSide == Side.Left && maxLength > 0;
        Fill(destination, text, pair, maxLength == 0 || removesBeginning ? null : maxLength, specialTokens);
        if (!removesBeginning || destination.Count <= maxLength)
        {
            return;
        }

        var isPair = pair is not null;
        var limit = Math.Max(0, maxLength - (specialTokens ? _postProcessor.AddedTokens(isPair) : 0));
        var (first, second) = (destination.First.Count, destination.Second.Count);
        var (firstLength, secondLength) = TruncationWindows.Lengths(first, isPair ? second : null, limit, TruncationStrategy.LongestFirst);
        destination.Assemble(_postProcessor.Pieces(isPair), specialTokens, (first - firstLength, first), (second - secondLength, second));
    }

    /// <summary>Pads encodings to the same length.</summary>
    /// <param name="encodings">The encodings to pad; an encoding that is long enough is returned unchanged.</param>
    /// <param name="options">The length, side and token; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">There is no padding token.</exception>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The length is negative or greater than the maximum length of an array, or the multiple is less than 1.
    /// </exception>
    public IReadOnlyList<Encoding> Pad(IReadOnlyList<Encoding> encodings, PaddingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(encodings);
        options ??= new PaddingOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MultipleOf, 1, nameof(options));
        var id = options.Id ?? PaddingId ?? throw new ArgumentException("The tokenizer has no padding token; name one as the options' Id.", nameof(options));
        var length = options.Length ?? encodings.Select(encoding => encoding.Count).DefaultIfEmpty().Max();
        var multiples = ((long)length + options.MultipleOf - 1) / options.MultipleOf * options.MultipleOf;
        ArgumentOutOfRangeException.ThrowIfNegative(length, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(multiples, Array.MaxLength, nameof(options));
        length = (int)multiples;
        return [.. encodings.Select(encoding => encoding.Count >= length ? encoding : encoding.Pad(length - encoding.Count, id, options.TypeId, options.Side ?? PaddingSide))];
    }

    /// <summary>Returns the number of tokens of a text, including special tokens and without truncation.</summary>
    /// <param name="text">The text.</param>
    public int Count(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var buffer = TakeBuffer();
        var count = _pipeline.Count(text, buffer.Scratch, buffer.First) + _postProcessor.AddedTokens(isPair: false);
        ReturnBuffer(buffer);
        return count;
    }

    private Side SideOf(TokenizerOptions options) => options.TruncationSide ?? TruncationSide;

    private static TokenBuffer TakeBuffer()
    {
        var buffer = _buffer ?? new TokenBuffer();
        _buffer = null;
        buffer.Clear();
        return buffer;
    }

    private static void ReturnBuffer(TokenBuffer buffer) => _buffer = buffer.Capacity <= LargestKeptBuffer ? buffer : null;

    private Encoding EncodeBeginning(TokenBuffer buffer, string text, string? pair, TokenizerOptions options)
    {
        Fill(buffer, text, pair, options.MaxLength, options.AddSpecialTokens);
        return new Encoding(this, buffer);
    }

    /// <summary>Encodes the whole texts and splits the tokens into the part that is kept and the overflowing parts.</summary>
    private Encoding EncodeParts(TokenBuffer buffer, string text, string? pair, TokenizerOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(options.MaxLength ?? 0, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.Stride, nameof(options));
        Fill(buffer, text, pair, null, options.AddSpecialTokens);
        var isPair = pair is not null;
        var limit = options.MaxLength is { } length ? Math.Max(0, length - (options.AddSpecialTokens ? _postProcessor.AddedTokens(isPair) : 0)) : int.MaxValue;
        var (first, second) = (buffer.First.Count, buffer.Second.Count);
        var (firstLength, secondLength) = TruncationWindows.Lengths(first, isPair ? second : null, limit, options.Truncation);
        var firsts = TruncationWindows.Cut(first, firstLength, options.Stride, SideOf(options));
        var seconds = TruncationWindows.Cut(second, secondLength, options.Stride, SideOf(options));
        var overflowing = new List<Encoding>();
        for (var i = 1; options.Overflow && i < firsts.Count; i++)
        {
            overflowing.AddRange(seconds.Select(part => Assemble(buffer, isPair, options, firsts[i], part, null)));
        }

        overflowing.AddRange(seconds.Skip(options.Overflow ? 1 : seconds.Count).Select(part => Assemble(buffer, isPair, options, firsts[0], part, null)));
        return Assemble(buffer, isPair, options, firsts[0], seconds[0], overflowing);
    }

    /// <summary>
    /// Returns the encoding of parts of the texts. The part that is kept has a list of overflowing parts and the number of all tokens; an
    /// overflowing part has <see langword="null"/>.
    /// </summary>
    private Encoding Assemble(
        TokenBuffer buffer, bool isPair, TokenizerOptions options, (int Start, int End) first, (int Start, int End) second, List<Encoding>? overflowing)
    {
        buffer.Assemble(_postProcessor.Pieces(isPair), options.AddSpecialTokens, first, second);
        return overflowing is null
            ? new Encoding(this, buffer) { TokenCount = buffer.Count }
            : new Encoding(this, buffer) { Overflowing = overflowing };
    }

    private void Fill(TokenBuffer buffer, string text, string? pair, int? maxLength, bool specialTokens)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentOutOfRangeException.ThrowIfNegative(maxLength ?? 0, nameof(maxLength));
        buffer.Clear();
        var isPair = pair is not null;
        var added = specialTokens ? _postProcessor.AddedTokens(isPair) : 0;
        var limit = maxLength is { } length ? Math.Max(0, length - added) : int.MaxValue;
        buffer.First.Restart(isPair && maxLength is { } watched ? watched : int.MaxValue);
        _pipeline.Tokenize(text, limit, buffer.Scratch, buffer.First);
        if (isPair)
        {
            buffer.Second.Restart(maxLength ?? int.MaxValue);
            _pipeline.Tokenize(pair!, limit, buffer.Scratch, buffer.Second);
        }

        buffer.TokenCount = buffer.First.Count + buffer.Second.Count + added;
        TruncationWindows.TruncateLongestFirst(buffer.First, buffer.Second, limit);
        Trim(buffer.First);
        Trim(buffer.Second);
        buffer.Assemble(_postProcessor.Pieces(isPair), specialTokens);
    }

    private void Trim(TokenList tokens)
    {
        for (var i = 0; _postProcessor.TrimsOffsets && i < tokens.Count; i++)
        {
            var token = tokens.SurfaceOf(i) ?? IdToToken(tokens.Ids[i]);
            _postProcessor.TrimOffset(token, i == 0, ref tokens.Starts[i], ref tokens.Ends[i]);
        }
    }
}
