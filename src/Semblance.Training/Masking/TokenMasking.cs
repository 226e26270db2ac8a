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
    private readonly MaskingOptions _options;
    private readonly int _mask;
    private readonly HashSet<int> _special;
    private readonly int[] _ordinary; // the ids that random tokens are drawn from
    private readonly bool[] _continues; // by id

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
        _continues = [.. ids.Select(id => _options.WholeWords && tokenizer.IdToToken(id) is ['#', '#', _, ..])];
    }

    /// <summary>Masks tokens of a batch: at least one, if the batch has any that is not special.</summary>
    /// <param name="batch">The tokens.</param>
    /// <param name="seed">The random seed; the same seed masks the same tokens.</param>
    /// <returns>A new batch, without positions if all tokens are special.</returns>
    public MaskedTokens Apply(PackedBatch batch, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var ids = batch.TokenIds.ToArray();
        var positions = Choose(batch, seed);
        int[] targets = [.. positions.Select(position => ids[position])];
        foreach (var position in positions)
        {
            var share = Draw(seed, position, 1);
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

    private int[] Choose(PackedBatch batch, ulong seed)
    {
        var words = Words(batch);
        var chosen = words.Where(word => Draw(seed, word.Start, 0) < _options.Rate).ToArray();
        if (chosen.Length == 0 && words.Count > 0)
        {
            chosen = [words.MinBy(word => Draw(seed, word.Start, 0))]; // a batch without a target has no loss
        }

        return [.. chosen.SelectMany(word => Enumerable.Range(word.Start, word.End - word.Start))];
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
