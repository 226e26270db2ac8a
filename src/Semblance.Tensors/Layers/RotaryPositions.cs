namespace Semblance.Tensors;

/// <summary>
/// Represents the angles of rotary position embeddings (Su et al. 2021, arXiv:2104.09864): at position p, pair i of a head's columns is
/// rotated by p · frequency i. Thread-safe; immutable except for a table that grows to the longest sequence so far.
/// </summary>
public sealed class RotaryPositions
{
    private readonly float[] _frequencies;
    private volatile Tensor? _table;

    /// <summary>Initializes a new instance of the <see cref="RotaryPositions"/> class from its frequencies.</summary>
    /// <param name="frequencies">The angle by which each pair of columns is rotated from one position to the next, in radians.</param>
    /// <param name="scale">The factor of the rotated columns, 1 by default (YaRN's attention factor, arXiv:2309.00071).</param>
    public RotaryPositions(ReadOnlySpan<float> frequencies, float scale = 1)
    {
        ArgumentOutOfRangeException.ThrowIfZero(frequencies.Length, nameof(frequencies));
        _frequencies = frequencies.ToArray();
        Scale = scale;
    }

    /// <summary>Returns the frequencies of the paper: θ to the power of −2i / columns.</summary>
    /// <param name="columns">The number of columns of a head that are rotated, an even number.</param>
    /// <param name="theta">The base, such as 10,000.</param>
    public static float[] Frequencies(int columns, double theta)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 2);
        ArgumentOutOfRangeException.ThrowIfNotEqual(columns % 2, 0, nameof(columns));
        // Rounded where the originals round: a long text multiplies the difference.
        return [.. Enumerable.Range(0, columns / 2).Select(i => 1f / (float)Math.Pow(theta, (float)(2 * i) / columns))];
    }

    /// <summary>Gets the number of columns of a head that are rotated; the others do not change.</summary>
    public int Columns => 2 * _frequencies.Length;

    /// <summary>Gets the angle by which each pair of columns is rotated from one position to the next, in radians.</summary>
    public ReadOnlySpan<float> Angles => _frequencies;

    /// <summary>Gets the factor of the rotated columns.</summary>
    public float Scale { get; }

    /// <summary>Returns, for each position, the cosines of all pairs, then their sines.</summary>
    /// <param name="positions">The number of positions needed; the table may have more.</param>
    internal Tensor Table(int positions)
    {
        if (_table is { } table && table.Rows >= positions)
        {
            return table;
        }

        // Two threads may build it at the same time; the values are equal, and one of the tables is kept.
        table = Tensor.Zeros((int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(positions, 64)), Columns);
        var values = table.Writable;
        for (var position = 0; position < table.Rows; position++)
        {
            for (var i = 0; i < _frequencies.Length; i++)
            {
                var (sine, cosine) = Math.SinCos(position * _frequencies[i]);
                values[(position * Columns) + i] = (float)cosine * Scale;
                values[(position * Columns) + _frequencies.Length + i] = (float)sine * Scale;
            }
        }

        return _table = table;
    }
}
