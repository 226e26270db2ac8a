#pragma warning disable CA1720 // The names are those of the field.

namespace Semblance.Tensors;

/// <summary>
/// Specifies the number format of the products with constant weights while a model encodes. Everything else is computed in float32, and so
/// is training.
/// </summary>
public enum ComputeType
{
    /// <summary>Weights, inputs and sums are float32. The default.</summary>
    Float32,

    /// <summary>Weights and inputs are rounded to bfloat16, to the nearest, ties to even; sums are float32.</summary>
    BFloat16,

    /// <summary>
    /// Weights are quantized to integers once for each output, by the rule of <see cref="QuantizedMatrix"/>, and inputs to 8 bits once for
    /// each row, from 0 to 255 over the row's own range; sums are exact 32-bit integers.
    /// </summary>
    Int8,
}
