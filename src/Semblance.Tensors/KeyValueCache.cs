namespace Semblance.Tensors;

/// <summary>
/// Represents the keys and values that the layers of a causal model computed for the tokens of one sequence, so that only the next token
/// needs to be computed. It grows as needed. Not thread-safe.
/// </summary>
public sealed class KeyValueCache
{
    private const int FirstCapacity = 64; // tokens

    private readonly List<(Tensor Keys, Tensor Values)> _layers = [];
    private PackedBatch? _places;

    /// <summary>Gets the number of cached tokens.</summary>
    public int Length { get; private set; }

    /// <summary>
    /// Keeps the keys and values of the last batch. Without this call, as after a step that failed, the next batch overwrites them.
    /// </summary>
    /// <param name="tokens">The number of tokens that the batch had of this sequence.</param>
    public void Advance(int tokens)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(tokens);
        Length += tokens;
    }

    /// <summary>Returns an independent copy of the cache.</summary>
    public KeyValueCache Copy()
    {
        var copy = new KeyValueCache { Length = Length };
        foreach (var (keys, values) in _layers)
        {
            copy._layers.Add((Grown(keys, Length), Grown(values, Length)));
        }

        return copy;
    }

    /// <summary>Writes the keys and values of new tokens after the cached ones.</summary>
    /// <param name="layer">The index of the layer, from 0; the layers of the first batch are called in this order.</param>
    /// <param name="keys"><c>[new tokens × columns]</c>.</param>
    /// <param name="values"><c>[new tokens × columns]</c>.</param>
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

    /// <summary>Returns a batch of one sequence with the cached tokens and <paramref name="more"/> further ones.</summary>
    internal PackedBatch Places(int more)
    {
        var count = Length + more;
        return _places is { } places && places.TokenCount == count
            ? places
            : _places = new PackedBatch(new int[count], new int[count], [0, count]);
    }

    private Tensor Grown(Tensor tensor, int rows)
    {
        var grown = Tensor.Zeros(Math.Max(rows, FirstCapacity), tensor.Columns);
        tensor.Values[..(Length * tensor.Columns)].CopyTo(grown.Writable);
        return grown;
    }
}
