using Semblance.Tensors;
using Semblance.Transformers.Layers;

namespace Semblance.Transformers.Generation;

/// <summary>
/// Represents the state of sequences that a language model generates: one at first, several after <see cref="Reorder"/>. Not thread-safe.
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

    /// <summary>Gets the number of sequences.</summary>
    public int Count => _caches.Length;

    /// <summary>Gets the number of tokens of each sequence so far.</summary>
    public int Length => _caches[0].Length;

    /// <summary>Processes the next tokens of each sequence and predicts the token after them.</summary>
    /// <param name="run">The computation; it owns the result.</param>
    /// <param name="tokens">The same number of tokens for each sequence: the whole prompt first, then usually one.</param>
    /// <returns>The logits, <c>[sequences × vocabulary]</c>, bit for bit those at the ends of the whole sequences.</returns>
    /// <exception cref="ArgumentException">
    /// The number of sequences differs, or a token id or position is outside the model's tables.
    /// </exception>
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

    /// <summary>Replaces the sequences by continuations of some of them.</summary>
    /// <param name="parents">For each new sequence, the index of the sequence that it continues; several may continue the same one.</param>
    /// <exception cref="ArgumentOutOfRangeException">A sequence does not exist.</exception>
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
