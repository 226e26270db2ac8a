using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance;

/// <summary>
/// Represents what the bytes of int8 and uint8 vectors stand for: an element is its center + spread · b, with b the byte from −128 to 127.
/// The dot product of a query with a vector is the product with the centers plus Σ factorᵢ · bᵢ, of which each factor is queryᵢ · spreadᵢ.
/// </summary>
internal sealed class StoredElements
{
    private const int Middle = 128; // the unsigned byte of b = 0

    private readonly double[] _centers;
    private readonly double[] _spreads;
    private readonly double _farthest; // no vector is longer

    /// <param name="corpus">The vectors, of int8 or uint8.</param>
    public StoredElements(VectorMatrix corpus)
    {
        ReadOnlySpan<float> origins = corpus.Quantizer!.Origins, spreads = corpus.Quantizer.Scales;
        (_centers, _spreads) = (new double[origins.Length], new double[origins.Length]);
        for (var i = 0; i < _centers.Length; i++)
        {
            _spreads[i] = spreads[i];
            _centers[i] = origins[i] + (corpus.Precision == Precision.Int8 ? 0 : Middle * _spreads[i]);
            var end = Math.Abs(_centers[i]) + (Middle * _spreads[i]);
            _farthest += end * end;
        }

        _farthest = Math.Sqrt(_farthest);
    }

    /// <summary>Returns the bits to flip in a stored byte to make it an unsigned one, which is b + 128.</summary>
    public static byte FlipOf(Precision precision) => (byte)(precision == Precision.Int8 ? Middle : 0);

    /// <summary>Returns the product of a query before its factors are rounded.</summary>
    /// <param name="query">The query.</param>
    /// <param name="error">The maximum rounding error of its product with a vector of length 1 in float32.</param>
    /// <param name="factors">Receives the factors.</param>
    public RoundedProduct Product(ReadOnlySpan<float> query, double error, Span<double> factors)
    {
        TensorPrimitives.ConvertChecked(query, factors);
        var constant = TensorPrimitives.Dot<double>(factors, _centers);
        TensorPrimitives.Multiply(factors, _spreads, factors);
        return new RoundedProduct(0, constant, TensorPrimitives.Norm<double>(factors), error * _farthest);
    }
}
