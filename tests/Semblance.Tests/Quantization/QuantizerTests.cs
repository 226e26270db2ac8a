using System.Runtime.InteropServices;
using Semblance.Checkpoints;
using Semblance.Tensors;

namespace Semblance.Tests.Quantization;

public class QuantizerTests
{
    private static readonly Checkpoint File = SafetensorsFile.Open(Fixtures.Own("util/expected.safetensors"));
    private static readonly Tensor Vectors = File.Read("q.embeddings");

    [Theory]
    [InlineData(Precision.Int8, "q.int8", true, 1)]
    [InlineData(Precision.UInt8, "q.uint8", true, 1)]
    [InlineData(Precision.Int8, "q.int8_self", false, 1)]
    [InlineData(Precision.UInt8, "q.uint8_self", false, 1)]
    [InlineData(Precision.Binary, "q.binary", false, 0)]
    [InlineData(Precision.UBinary, "q.ubinary", false, 0)]
    public void Stored_vectors_equal_the_recorded_ones(Precision precision, string name, bool calibrated, int tolerance)
    {
        var ranges = QuantizationRanges.Of(calibrated ? File.Read("q.calibration") : Vectors);
        var quantizer = new Quantizer(precision, Vectors.Columns, ranges);
        var expected = File.ReadInt64(name);
        var compared = 0;
        for (var row = 0; row < Vectors.Rows; row++)
        {
            var stored = Quantize(quantizer, Vectors.Row(row));
            for (var i = 0; i < stored.Length; i++)
            {
                var isBeyond = Quantizer.NeedsRanges(precision) && (Vectors.Row(row)[i] < ranges.Smallest[i] || Vectors.Row(row)[i] > ranges.Largest[i]);
                if (!isBeyond)
                {
                    Math.Abs(stored[i] - expected[(row * stored.Length) + i]).ShouldBeLessThanOrEqualTo(tolerance, $"row {row}, element {i}");
                    compared++;
                }
            }
        }

        compared.ShouldBeGreaterThan(expected.Length * 9 / 10);
    }

    [Fact]
    public void A_value_beyond_its_range_is_stored_as_the_end_of_the_range()
    {
        var ranges = new QuantizationRanges(2);
        ranges.Include([0f, 0f]);
        ranges.Include([1f, 1f]);
        Quantize(new Quantizer(Precision.UInt8, 2, ranges), [-3f, 3f]).ShouldBe([0, 255]);
        Quantize(new Quantizer(Precision.Int8, 2, ranges), [-3f, 3f]).ShouldBe([-128, 127]);
    }

    [Fact]
    public void An_element_that_never_changes_is_stored_and_restored()
    {
        var ranges = new QuantizationRanges(1);
        ranges.Include([0.25f]);
        var quantizer = new Quantizer(Precision.UInt8, 1, ranges);
        quantizer.Restored(Tensor.From([0.25f], 1, 1)).Values[0].ShouldBe(0.25f);
    }

    [Theory]
    [InlineData(Precision.Int8)]
    [InlineData(Precision.UInt8)]
    public void A_restored_vector_is_within_a_step_of_the_original(Precision precision)
    {
        var ranges = QuantizationRanges.Of(Vectors);
        var restored = new Quantizer(precision, Vectors.Columns, ranges).Restored(Vectors);
        for (var i = 0; i < Vectors.Length; i++)
        {
            var step = (ranges.Largest[i % Vectors.Columns] - ranges.Smallest[i % Vectors.Columns]) / 255;
            Math.Abs(restored.Values[i] - Vectors.Values[i]).ShouldBeLessThanOrEqualTo(step * 1.001f);
        }
    }

    [Theory]
    [InlineData(Precision.Binary)]
    [InlineData(Precision.UBinary)]
    public void A_vector_of_bits_is_restored_as_its_signs(Precision precision)
    {
        var vector = Tensor.From([1f, -2f, 0f, 3f, -1f, 1f, 1f, -1f, 5f, -5f], 1, 10);
        var quantizer = new Quantizer(precision, 10);
        quantizer.Columns.ShouldBe(2);
        quantizer.Restored(vector).Values.ToArray().ShouldBe([1f, -1f, -1f, 1f, -1f, 1f, 1f, -1f, 1f, -1f]);
    }

    [Fact]
    public void Ranges_of_other_vectors_are_refused()
    {
        Should.Throw<ArgumentException>(() => new Quantizer(Precision.Int8, 3, QuantizationRanges.Of(Vectors)));
        Should.Throw<ArgumentException>(() => new Quantizer(Precision.Int8, 3));
        Should.Throw<ArgumentException>(() => new Quantizer(Precision.Int8, 3, new QuantizationRanges(3)));
    }

    private static int[] Quantize(Quantizer quantizer, ReadOnlySpan<float> vector)
    {
        var stored = new byte[quantizer.Columns];
        quantizer.Quantize(vector, stored);
        return quantizer.Precision is Precision.Int8 or Precision.Binary
            ? [.. MemoryMarshal.Cast<byte, sbyte>(stored).ToArray().Select(value => (int)value)]
            : [.. stored.Select(value => (int)value)];
    }
}
