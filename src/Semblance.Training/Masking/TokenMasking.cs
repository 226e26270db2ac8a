using Semblance.Tensors;
using Semblance.Tokenizers;

namespace Semblance.Training;

/// <summary>Masks tokens for masked language modeling (Devlin et al. 2019, arXiv:1810.04805).</summary>
/// <remarks>
/// Each word is selected independently with the same probability, so the share of selected tokens varies from text to text around the rate.
/// The selection depends only on the random seed and the position of the token in the batch.
/// </remarks>
public sealed class TokenMasking
{
    private const char ByteLevelSpace = 'Ġ'; // a letter

    private readonly MaskingOptions _options;
    private readonly int _mask;
    private readonly HashSet<int> _special;
    private readonly int[] _ordinary; // the ids that random tokens are drawn from
    private readonly bool[] _continues; // by id
    private readonly double[] _spanLengths; // the probabilities of 1, 2, … words
    private readonly double _spanStart; // the probability that a span starts at a word outside spans

    /// <summary>Initializes a new instance of the <see cref="TokenMasking"/> class.</summary>
    /// <param name="tokenizer">The tokenizer, which has a mask token.</param>
    /// <param name="options">The masking options; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">The tokenizer has no mask token, or an option is out of range.</exception>
    public TokenMasking(Tokenizer tokenizer, MaskingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        _options = options ?? new MaskingOptions();
        _options.Check();
        _mask = tokenizer.MaskId
            ?? throw new ArgumentException(
                "The tokenizer has no mask token; a vocabulary for masked language models has [MASK].", nameof(tokenizer));
        int?[] special = [tokenizer.MaskId, tokenizer.ClassId, tokenizer.SeparatorId, tokenizer.PaddingId, tokenizer.UnknownId];
        _special = [.. special.OfType<int>()];
        var ids = Enumerable.Range(0, tokenizer.VocabularySize);
        _ordinary = [.. ids.Where(id => !_special.Contains(id) && tokenizer.IdToToken(id) is not null)];
        var marksSpaces = tokenizer.MarksSpaces;
        _continues = [.. ids.Select(id => _options.WholeWords && tokenizer.IdToToken(id) is { Length: > 0 } token
            && (marksSpaces ? char.IsLetterOrDigit(token[0]) && token[0] != ByteLevelSpace : token is ['#', '#', _, ..]))];
        _spanLengths = _options.SpanLengths();
        var mean = _spanLengths.Select((probability, i) => (i + 1) * probability).Sum();
        _spanStart = 1 / (1 + (mean * (1 - _options.Rate) / _options.Rate));
    }

    /// <summary>Masks tokens of a batch: at least one, if the batch has any that is not special.</summary>
    /// <param name="batch">The tokens.</param>
    /// <param name="seed">The random seed; the same seed masks the same tokens.</param>
    /// <returns>A new batch, without positions if all tokens are special.</returns>
    public MaskedTokens Apply(PackedBatch batch, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var ids = batch.TokenIds.ToArray();
        var chosen = Choose(batch, seed);
        int[] positions = [.. chosen.SelectMany(span => Enumerable.Range(span.Start, span.End - span.Start))];
        int[] targets = [.. positions.Select(position => ids[position])];
        foreach (var (position, start) in chosen.SelectMany(
            span => Enumerable.Range(span.Start, span.End - span.Start).Select(position => (position, span.Start))))
        {
            var share = Draw(seed, _options.LongestSpan == 1 ? position : start, 1);
            if (share < _options.Masked)
            {
                ids[position] = _mask;
            }
            else if (share < _options.Masked + _options.Random)
            {
                ids[position] = _ordinary[(int)(Draw(seed, position, 2) * _ordinary.Length)];
            }
        }

        return new MaskedTokens(new PackedBatch(ids, batch.TypeIds.ToArray(), batch.Offsets.ToArray()), positions, targets);
    }

    // The words or spans of words to predict, in ascending order.
    private (int Start, int End)[] Choose(PackedBatch batch, ulong seed)
    {
        var words = Words(batch);
        var chosen = _options.LongestSpan == 1
            ? [.. words.Where(word => Draw(seed, word.Start, 0) < _options.Rate)]
            : Spans(words, batch, seed).ToArray();
        return chosen.Length > 0 || words.Count == 0
            ? chosen
            : [words.MinBy(word => Draw(seed, word.Start, 0))]; // a batch without a target has no loss
    }

    // Spans and the words between them alternate, so that the expected share of words in spans is the rate. A span ends with its text.
    private IEnumerable<(int Start, int End)> Spans(List<(int Start, int End)> words, PackedBatch batch, ulong seed)
    {
        var (word, sequence) = (0, 0);
        while (word < words.Count)
        {
            var start = words[word].Start;
            if (Draw(seed, start, 0) >= _spanStart)
            {
                word++;
                continue;
            }

            var (length, rest) = (1, Draw(seed, start, 2));
            while (length < _options.LongestSpan && (rest -= _spanLengths[length - 1]) >= 0)
            {
                length++;
            }

            while (batch.Offsets[sequence + 1] <= start)
            {
                sequence++;
            }

            var end = words[word++].End;
            while (--length > 0 && word < words.Count && words[word].Start == end && end < batch.Offsets[sequence + 1])
            {
                end = words[word++].End;
            }

            yield return (start, end);
        }
    }

    private List<(int Start, int End)> Words(PackedBatch batch)
    {
        var words = new List<(int Start, int End)>();
        for (var sequence = 0; sequence < batch.Count; sequence++)
        {
            for (int token = batch.Offsets[sequence], end = batch.Offsets[sequence + 1]; token < end;)
            {
                var start = token++;
                if (!_special.Contains(batch.TokenIds[start]))
                {
                    while (token < end && _continues[batch.TokenIds[token]])
                    {
                        token++;
                    }

                    words.Add((start, token));
                }
            }
        }

        return words;
    }

    // From 0 to below 1: SplitMix64 (Steele, Lea and Flood 2014) with three draws for each token.
    private static double Draw(ulong seed, int position, int which)
    {
        var counter = (3ul * (ulong)position) + (ulong)which + 1;
        return (Permutation.Mix(Permutation.Mix(seed) + (counter * 0x9E3779B97F4A7C15)) >> 11) * (1.0 / (1ul << 53));
    }
}
