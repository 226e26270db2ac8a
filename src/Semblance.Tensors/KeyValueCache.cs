namespace Semblance.Tensors;

/// <summary>
/// The keys and values that the layers of a causal model made of one sequence's tokens, so that the next token costs one token and not all of
/// them again. It grows as it needs; not for several threads at once.
/// </summary>
public sealed class KeyValueCache
{
    private const int FirstCapacity = 64; // tokens

    private readonly List<(Tensor Keys, Tensor Values)> _layers = [];
    private PackedBatch? _places;

    /// <summary>The number of tokens that are remembered.</summary>
    public int Length { get; private set; }

    /// <summary>Keeps what the last batch brought. Without it, as when a step was broken off, the next batch takes its place.</summary>
    /// <param name="tokens">How many tokens the batch had of this sequence.</param>
    public void Advance(int tokens)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(tokens);
        Length += tokens;
    }

    /// <summary>A second cache that goes on from here by itself.</summary>
    public KeyValueCache Copy()
    {
        var copy = new KeyValueCache { Length = Length };
        foreach (var (keys, values) in _layers)
        {
            copy._layers.Add((Grown(keys, Length), Grown(values, Length)));
        }

        return copy;
    }

    /// <summary>Writes the keys and values of new tokens behind those that are remembered.</summary>
    /// <param name="layer">The layer, from 0; the first batch comes to each in their order.</param>
    /// <param name="keys"><c>[new tokens × columns]</c>.</param>
    /// <param name="values">The same.</param>
    /// <param name="columns">The width of a key.</param>
    /// <returns>All keys and all values, <c>[tokens × columns]</c>.</returns>
    internal unsafe (Tensor Keys, Tensor Values) Append(int layer, ReadOnlySpan<float> keys, ReadOnlySpan<float> values, int columns)
    {
        var rows = Length + (keys.Length / columns);
        if (layer == _layers.Count)
        {
            _layers.Add((Tensor.Zeros(Math.Max(rows, FirstCapacity), columns), Tensor.Zeros(Math.Max(rows, FirstCapacity), columns)));
        }

        var (allKeys, allValues) = _layers[layer];
        if (rows > allKeys.Rows)
        {
            (allKeys, allValues) = _layers[layer] = (Grown(allKeys, 2 * rows), Grown(allValues, 2 * rows));
        }

        keys.CopyTo(allKeys.Writable[(Length * columns)..]);
        values.CopyTo(allValues.Writable[(Length * columns)..]);
        return (Tensor.Map(allKeys.Data, allKeys, rows, columns), Tensor.Map(allValues.Data, allValues, rows, columns));
    }

    /// <summary>One sequence of as many tokens as are remembered and so many more.</summary>
    internal PackedBatch Places(int more)
    {
        var count = Length + more;
        return _places is { } places && places.TokenCount == count ? places : _places = new PackedBatch(new int[count], new int[count], [0, count]);
    }

    private Tensor Grown(Tensor tensor, int rows)
    {
        var grown = Tensor.Zeros(Math.Max(rows, FirstCapacity), tensor.Columns);
        tensor.Values[..(Length * tensor.Columns)].CopyTo(grown.Writable);
        return grown;
    }
}
