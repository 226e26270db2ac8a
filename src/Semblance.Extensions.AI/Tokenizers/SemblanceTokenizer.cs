using System.Buffers;
using Microsoft.ML.Tokenizers;

namespace Semblance.Extensions.AI;

/// <summary>
/// Represents a tokenizer of Semblance as a <see cref="Tokenizer"/> of Microsoft.ML.Tokenizers: for code that counts, cuts or encodes texts
/// with that type.
/// </summary>
/// <remarks>
/// The ids are those of the model, special tokens included unless it is created without them. Normalization and pre-tokenization are part
/// of the model, so a request to leave them out is an error. The offsets refer to the text as it was given.
/// </remarks>
public sealed class SemblanceTokenizer : Tokenizer
{
    private readonly Semblance.Tokenizers.Tokenizer _tokenizer;
    private readonly Semblance.Tokenizers.TokenizerOptions _options;

    /// <summary>Initializes a new instance of the <see cref="SemblanceTokenizer"/> class.</summary>
    /// <param name="tokenizer">The tokenizer, such as that of an encoder.</param>
    /// <param name="addSpecialTokens">
    /// <see langword="true"/> (the default) to encode texts as the model sees them, with special tokens; otherwise,
    /// <see langword="false"/>.
    /// </param>
    public SemblanceTokenizer(Semblance.Tokenizers.Tokenizer tokenizer, bool addSpecialTokens = true)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        (_tokenizer, _options) = (tokenizer, new Semblance.Tokenizers.TokenizerOptions { AddSpecialTokens = addSpecialTokens });
    }

    /// <inheritdoc/>
    public override string Decode(IEnumerable<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        return _tokenizer.Decode([.. ids], skipSpecialTokens: false);
    }

    /// <inheritdoc/>
    public override OperationStatus Decode(IEnumerable<int> ids, Span<char> destination, out int idsConsumed, out int charsWritten)
    {
        ArgumentNullException.ThrowIfNull(ids);
        int[] all = [.. ids];
        var text = _tokenizer.Decode(all, skipSpecialTokens: false);
        if (text.TryCopyTo(destination))
        {
            (idsConsumed, charsWritten) = (all.Length, text.Length);
            return OperationStatus.Done;
        }

        (idsConsumed, charsWritten) = (0, 0);
        return OperationStatus.DestinationTooSmall;
    }

    /// <inheritdoc/>
    protected override EncodeResults<EncodedToken> EncodeToTokens(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
    {
        var given = text ?? textSpan.ToString();
        var encoding = Encode(given, settings);
        var count = Math.Min(encoding.Count, settings.MaxTokenCount);
        var tokens = new EncodedToken[count];
        for (var i = 0; i < count; i++)
        {
            var (start, end) = encoding.Offsets[i];
            tokens[i] = new EncodedToken(encoding.Ids[i], encoding.Tokens[i], new Range(start, end));
        }

        return new EncodeResults<EncodedToken>
        {
            Tokens = tokens,
            NormalizedText = null,
            CharsConsumed = Consumed(encoding, count, given.Length),
        };
    }

    /// <inheritdoc/>
    protected override EncodeResults<int> EncodeToIds(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
    {
        var given = text ?? textSpan.ToString();
        var encoding = Encode(given, settings);
        var count = Math.Min(encoding.Count, settings.MaxTokenCount);
        return new EncodeResults<int>
        {
            Tokens = encoding.Ids[..count].ToArray(),
            NormalizedText = null,
            CharsConsumed = Consumed(encoding, count, given.Length),
        };
    }

    /// <inheritdoc/>
    protected override int CountTokens(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings) =>
        Math.Min(Encode(text ?? textSpan.ToString(), settings).Count, settings.MaxTokenCount);

    /// <inheritdoc/>
    protected override int GetIndexByTokenCount(
        string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings, bool fromEnd, out string? normalizedText, out int tokenCount)
    {
        normalizedText = null;
        var given = text ?? textSpan.ToString();
        var encoding = Encode(given, settings);
        tokenCount = Math.Min(encoding.Count, settings.MaxTokenCount);
        if (!fromEnd)
        {
            return Consumed(encoding, tokenCount, given.Length);
        }

        // The start of the first of the last tokens that has a place in the text.
        for (var i = encoding.Count - tokenCount; i < encoding.Count; i++)
        {
            if (encoding.Sequences[i] >= 0)
            {
                return tokenCount == encoding.Count ? 0 : encoding.Offsets[i].Start;
            }
        }

        return tokenCount == encoding.Count ? 0 : given.Length;
    }

    // The end of the last of the first tokens that has a place in the text; special tokens have none.
    private static int Consumed(Semblance.Tokenizers.Encoding encoding, int count, int length)
    {
        if (count == encoding.Count)
        {
            return length;
        }

        for (var i = count - 1; i >= 0; i--)
        {
            if (encoding.Sequences[i] >= 0)
            {
                return encoding.Offsets[i].End;
            }
        }

        return 0;
    }

    private Semblance.Tokenizers.Encoding Encode(string text, EncodeSettings settings) =>
        settings is { ConsiderNormalization: true, ConsiderPreTokenization: true }
            ? _tokenizer.Encode(text, null, _options)
            : throw new NotSupportedException(
                "Normalization and pre-tokenization are part of the model's tokenizer; leave considerNormalization and "
                + "considerPreTokenization at true.");
}
