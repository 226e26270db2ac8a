using Semblance.Tensors;
using Semblance.Transformers.Layers;

namespace Semblance.Transformers.Generation;

/// <summary>
/// What a language model remembers of sequences that it goes on with: one at first, several once <see cref="Reorder"/> splits it. Not for several
/// threads at once.
/// </summary>
public sealed class Decoding
{
    private readonly LanguageModel _model;
    private readonly EncodedSource? _source;
    private KeyValueCache[] _caches = [new()];

    internal Decoding(LanguageModel model, EncodedSource? source)
    {
        _model = model;
        _source = source;
    }

    /// <summary>The number of sequences.</summary>
    public int Count => _caches.Length;

    /// <summary>The number of tokens that each sequence has so far.</summary>
    public int Length => _caches[0].Length;

    /// <summary>Takes in the next tokens of each sequence and predicts the one after them.</summary>
    /// <param name="run">The computation; it owns the result.</param>
    /// <param name="tokens">For each sequence equally many tokens: all of a prompt, then mostly one.</param>
    /// <returns><c>[sequences × vocabulary]</c>, the logits; bit for bit those that the whole sequences would give at their ends.</returns>
    /// <exception cref="ArgumentException">There are other sequences, or a token id or position is outside the model's tables.</exception>
    public Tensor Next(Computation run, params IReadOnlyList<int[]> tokens)
    {
        ArgumentNullException.ThrowIfNull(run);
        var batch = PackedBatch.Continue(tokens, _caches);
        using var hidden = _model.Hidden(run, batch, _source);
        using var last = run.Rows(hidden, [.. Enumerable.Range(1, batch.Count).Select(i => batch.Offsets[i] - 1)]); // [sequences × hidden]
        var logits = _model.Logits(run, last, batch);
        for (var i = 0; i < _caches.Length; i++)
        {
            _caches[i].Advance(batch.Length(i));
        }

        return logits;
    }

    /// <summary>Replaces the sequences by others that begin like them.</summary>
    /// <param name="parents">For each new sequence the one that it goes on from; several may go on from one.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sequence.</exception>
    public void Reorder(ReadOnlySpan<int> parents)
    {
        var caches = new KeyValueCache[parents.Length];
        for (var i = 0; i < parents.Length; i++)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)parents[i], (uint)_caches.Length, nameof(parents));
            caches[i] = parents[..i].Contains(parents[i]) ? _caches[parents[i]].Copy() : _caches[parents[i]];
        }

        _caches = caches;
    }
}
