using System.Runtime.InteropServices;
using Semblance.Checkpoints;
using Semblance.Tensors;

namespace Semblance.Tests.Quantization;

public class QuantizerTests
{
    private static readonly Checkpoint File = SafetensorsFile.Open(Fixtures.Own("util/expected.safetensors"));
    private static readonly Tensor Vectors = File.Read("q.embeddings");

    [Theory]
    [InlineData(Precision.Int8, "q.uint8", true, 1)] // the recorded version cut int8 toward zero; it is uint8 − 128 since
    [InlineData(Precision.UInt8, "q.uint8", true, 1)]
    [InlineData(Precision.Int8, "q.uint8_self", false, 1)]
    [InlineData(Precision.UInt8, "q.uint8_self", false, 1)]
    [InlineData(Precision.Binary, "q.binary", false, 0)]
    [InlineData(Precision.UBinary, "q.ubinary", false, 0)]
    public void Stored_vectors_equal_the_recorded_ones(Precision precision, string name, bool calibrated, int tolerance)
    {
        var ranges = QuantizationRanges.Of(calibrated ? File.Read("q.calibration") : Vectors);
        var quantizer = new Quantizer(precision, Vectors.Columns, ranges);
        var offset = precision == Precision.Int8 ? 128 : 0;
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
                    Math.Abs(stored[i] + offset - expected[(row * stored.Length) + i]).ShouldBeLessThanOrEqualTo(tolerance, $"row {row}, element {i}");
                    compared++;
                }
            }
        }

        compared.ShouldBeGreaterThan(expected.Length * 9 / 10);
    }

    [Fact]
    public void Values_are_floored_below_zero_too_and_restored_as_the_middle_of_their_step()
    {
        var ranges = new QuantizationRanges(5);
        ranges.Include([0, 0, 0, 0, 0]);
        ranges.Include([255, 255, 255, 255, 255]); // steps of 1
        float[] vector = [0.5f, 100.9f, 127.5f, 128.25f, 254.75f];
        var signed = new Quantizer(Precision.Int8, 5, ranges);
        Quantize(signed, vector).ShouldBe([-128, -28, -1, 0, 126]);
        Quantize(new Quantizer(Precision.UInt8, 5, ranges), vector).ShouldBe([0, 100, 127, 128, 254]);
        signed.Restored(Tensor.From(vector, 1, 5)).Values.ToArray().ShouldBe([0.5f, 100.5f, 127.5f, 128.5f, 254.5f]);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(37)]
    public void Int8_and_uint8_restore_the_same_vector(int dimension)
    {
        var random = new Random(5);
        var vectors = Tensor.From([.. Enumerable.Range(0, 20 * dimension).Select(_ => (random.NextSingle() * 2) - 1)], 20, dimension);
        var ranges = QuantizationRanges.Of(vectors);
        var (signed, unsigned) = (new Quantizer(Precision.Int8, dimension, ranges).Restored(vectors), new Quantizer(Precision.UInt8, dimension, ranges).Restored(vectors));
        for (var i = 0; i < vectors.Length; i++)
        {
            signed.Values[i].ShouldBe(unsigned.Values[i], 1e-6f);
            Math.Abs(signed.Values[i] - vectors.Values[i]).ShouldBeLessThanOrEqualTo(0.501f * (ranges.Largest[i % dimension] - ranges.Smallest[i % dimension]) / 255 + (IsLargest(i) ? 0.004f : 0));
        }

        bool IsLargest(int i) => vectors.Values[i] == ranges.Largest[i % dimension]; // the end of the last step belongs to it
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
    public void An_element_that_never_changes_is_restored_but_one_vector_gives_no_ranges()
    {
        var ranges = new QuantizationRanges(1);
        ranges.Include([0.25f]);
        Should.Throw<ArgumentException>(() => new Quantizer(Precision.UInt8, 1, ranges)).Message.ShouldContain("of 1 vectors");
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

    [Fact]
    public void Half_precision_is_the_nearest_half()
    {
        var quantizer = new Quantizer(Precision.Float16, 3);
        quantizer.ByteCount.ShouldBe(6);
        quantizer.Restored(Tensor.From([0.1f, -65519, 1e-8f], 1, 3)).Values.ToArray().ShouldBe([(float)(Half)0.1f, -65504, 0]);
        Should.Throw<ArgumentException>(() => quantizer.Quantize([0, 0, 65520], new byte[6])).Message.ShouldContain("65504");
    }

    [Fact]
    public void Bfloat16_is_the_nearest_one_ties_to_even()
    {
        const float Step = 1f / 256; // half the distance of two numbers from 1 on
        var quantizer = new Quantizer(Precision.BFloat16, 4);
        quantizer.ByteCount.ShouldBe(8);
        quantizer.Restored(Tensor.From([1 + Step, 1 + (3 * Step), -1e-30f, 65520], 1, 4)).Values.ToArray()
            .ShouldBe([1, 1 + (4 * Step), BitConverter.UInt32BitsToSingle((BitConverter.SingleToUInt32Bits(-1e-30f) + 0x8000) & 0xFFFF0000), 65536]);
        Should.Throw<ArgumentException>(() => quantizer.Quantize([0, 0, 0, float.MaxValue], new byte[8])).Message.ShouldContain("beyond bfloat16's largest");
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    public void A_vector_that_is_not_finite_is_refused(float value)
    {
        float[] vector = [1, value, 2];
        Should.Throw<ArgumentException>(() => new QuantizationRanges(3).Include(vector)).Message.ShouldContain("Element 1");
        Should.Throw<ArgumentException>(() => new Quantizer(Precision.Binary, 3).Quantize(vector, new byte[1])).Message.ShouldContain("Element 1");
    }

    [Fact]
    public void Ranges_come_back_from_a_file_and_other_files_are_refused()
    {
        using var folder = new TemporaryFolder();
        var ranges = QuantizationRanges.Of(Vectors);
        ranges.Save(folder.Of("ranges.safetensors"));
        var loaded = QuantizationRanges.Load(folder.Of("ranges.safetensors"));
        loaded.Count.ShouldBe(ranges.Count);
        loaded.Smallest.ToArray().ShouldBe(ranges.Smallest.ToArray());
        loaded.Largest.ToArray().ShouldBe(ranges.Largest.ToArray());

        new QuantizationRanges(3).Save(folder.Of("empty.safetensors"));
        Should.Throw<CheckpointFormatException>(() => QuantizationRanges.Load(folder.Of("empty.safetensors"))).Message.ShouldContain("not a range");
        Should.Throw<CheckpointFormatException>(() => QuantizationRanges.Load(Fixtures.Own("util/expected.safetensors"))).Message.ShouldContain("smallest");
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
