using FsCheck;
using FsCheck.Fluent;
using Semblance.Tensors;

namespace Semblance.Checkpoints.Tests;

public class SafetensorsWriterTests
{
    [Fact]
    public void What_is_written_is_read()
    {
        using var folder = new TemporaryFolder();
        Prop.ForAll(ArbMap.Default.GeneratorFor<float[]>().Two().ToArbitrary(), pair =>
        {
            var (first, second) = pair;
            var writer = new SafetensorsWriter();
            writer.Add("b \"quoted\" ü", Tensor.From(first, 1, first.Length));
            writer.Add("a", Tensor.From(second, second.Length));
            writer.Add("ids", new long[] { 1, -2, long.MaxValue }, 3, 1);
            writer.Add("int8", new sbyte[] { -128, 127 }, 2);
            writer.Add("uint8", new byte[] { 255 }, 1);
            writer.Save(folder.File("a.safetensors"));

            var file = SafetensorsFile.Open(folder.File("a.safetensors"));
            file.Metadata["format"].ShouldBe("pt");
            file.Read("b \"quoted\" ü").Values.ToArray().ShouldBe(first);
            file.Read("a").Values.ToArray().ShouldBe(second);
            file.Info("ids").Shape.ShouldBe([3, 1]);
            file.ReadInt64("ids").ShouldBe([1, -2, long.MaxValue]);
            file.ReadInt64("int8").ShouldBe([-128, 127]);
            file.ReadInt64("uint8").ShouldBe([255]);
            GC.KeepAlive(file);
        }).Check(Config.QuickThrowOnFailure);
    }

    [Fact]
    public void Values_that_do_not_fill_the_shape_are_refused() =>
        Should.Throw<ArgumentException>(() => new SafetensorsWriter().Add("a", new long[] { 1, 2 }, 3));

    [Fact]
    public void A_name_is_given_once()
    {
        var writer = new SafetensorsWriter();
        writer.Add("a", Tensor.Zeros(1));
        Should.Throw<ArgumentException>(() => writer.Add("a", Tensor.Zeros(1)));
    }

    [Fact]
    public void Every_half_precision_value_is_written_as_it_is_and_what_lies_between_two_goes_to_the_even_one()
    {
        var halves = Enumerable.Range(0, 1 << 16).Select(bits => BitConverter.UInt16BitsToHalf((ushort)bits)).Where(half => !Half.IsNaN(half)).ToArray();
        var finite = halves.Where(half => Half.IsPositive(half) && Half.IsFinite(half)).ToArray(); // in order
        var between = finite.Zip(finite.Skip(1), (low, high) => ((float)low + (float)high) / 2).ToArray(); // exact in float32
        var even = finite.Zip(finite.Skip(1), (low, high) => (BitConverter.HalfToUInt16Bits(low) & 1) == 0 ? low : high).ToArray();
        using var folder = new TemporaryFolder();
        var writer = new SafetensorsWriter();
        writer.Add("exact", Tensor.From([.. halves.Select(half => (float)half), float.NaN], halves.Length + 1), DType.F16);
        writer.Add("between", Tensor.From(between, between.Length), DType.F16);
        writer.Add("below", Tensor.From([.. between.Select(MathF.BitDecrement)], between.Length), DType.F16);
        writer.Add("above", Tensor.From([.. between.Select(MathF.BitIncrement)], between.Length), DType.F16);
        writer.Save(folder.File("a.safetensors"));

        var file = SafetensorsFile.Open(folder.File("a.safetensors"));
        file.Tensors.ShouldAllBe(tensor => tensor.DType == DType.F16);
        var exact = file.Read("exact");
        exact.Values[..^1].SequenceEqual([.. halves.Select(half => (float)half)]).ShouldBeTrue();
        exact.Values[^1].ShouldBe(float.NaN);
        file.Read("between").Values.SequenceEqual([.. even.Select(half => (float)half)]).ShouldBeTrue();
        file.Read("below").Values.SequenceEqual([.. finite[..^1].Select(half => (float)half)]).ShouldBeTrue();
        file.Read("above").Values.SequenceEqual([.. finite[1..].Select(half => (float)half)]).ShouldBeTrue();
        GC.KeepAlive(exact);
    }

    [Fact]
    public void A_value_too_large_for_half_precision_is_named_and_the_old_file_stays()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("a.safetensors", [1, 2, 3]);
        var writer = new SafetensorsWriter();
        writer.Add("small", Tensor.From([65519.996f, -65519.996f], 2), DType.F16);
        writer.Add("large", Tensor.From([0, -65520f], 2), DType.F16);
        Should.Throw<CheckpointFormatException>(() => writer.Save(path)).Message.ShouldBe(
            $"{path}: the tensor 'large' has the value -65520, but the maximum of float16 is 65504; write the weights as float32.");
        File.ReadAllBytes(path).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public void Every_bfloat16_value_is_written_as_it_is_and_what_lies_between_two_goes_to_the_even_one()
    {
        var all = Enumerable.Range(0, 1 << 16).Select(bits => BitConverter.UInt32BitsToSingle((uint)bits << 16)).Where(value => !float.IsNaN(value)).ToArray();
        var finite = all.Where(value => float.IsFinite(value) && !float.IsNegative(value)).ToArray(); // in order
        var between = finite[..^1].Select(low => BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(low) + 0x8000)).ToArray();
        var even = finite.Zip(finite.Skip(1), (low, high) => (BitConverter.SingleToUInt32Bits(low) & 0x10000) == 0 ? low : high).ToArray();
        using var folder = new TemporaryFolder();
        var writer = new SafetensorsWriter();
        writer.Add("exact", Tensor.From([.. all, float.NaN, BitConverter.UInt32BitsToSingle(0x7F80_0001)], all.Length + 2), DType.BF16);
        writer.Add("between", Tensor.From(between, between.Length), DType.BF16);
        writer.Add("below", Tensor.From([.. between.Select(MathF.BitDecrement)], between.Length), DType.BF16);
        writer.Add("above", Tensor.From([.. between.Select(MathF.BitIncrement)], between.Length), DType.BF16);
        writer.Save(folder.File("a.safetensors"));

        var file = SafetensorsFile.Open(folder.File("a.safetensors"));
        file.Tensors.ShouldAllBe(tensor => tensor.DType == DType.BF16);
        var exact = file.Read("exact");
        exact.Values[..^2].SequenceEqual(all).ShouldBeTrue();
        exact.Values[^2..].ToArray().ShouldBe([float.NaN, float.NaN]);
        file.Read("between").Values.SequenceEqual(even).ShouldBeTrue();
        file.Read("below").Values.SequenceEqual(finite.AsSpan(..^1)).ShouldBeTrue();
        file.Read("above").Values.SequenceEqual(finite.AsSpan(1..)).ShouldBeTrue();
        GC.KeepAlive(exact);
    }

    [Fact]
    public void A_value_too_large_for_bfloat16_is_named()
    {
        using var folder = new TemporaryFolder();
        var writer = new SafetensorsWriter();
        writer.Add("large", Tensor.From([float.PositiveInfinity, float.MaxValue], 2), DType.BF16);
        Should.Throw<CheckpointFormatException>(() => writer.Save(folder.File("a.safetensors"))).Message.ShouldContain("'large' has the value 3.4028235E+38, but the maximum of bfloat16 is 3.39e38");
    }

    [Theory]
    [InlineData(DType.F16)]
    [InlineData(DType.BF16)]
    public void A_matrix_of_half_precision_is_converted_where_it_is_used(DType type)
    {
        using var folder = new TemporaryFolder();
        var writer = new SafetensorsWriter();
        float[] values = [.. Enumerable.Range(-500, 999).Select(i => i / 128f)];
        writer.Add("a", Tensor.From(values, 27, 37), type);
        writer.Save(folder.File("a.safetensors"));

        var tensor = SafetensorsFile.Open(folder.File("a.safetensors")).Read("a");
        var copy = Tensor.From(tensor);
        foreach (var (first, count) in new[] { (0, 37), (37 * 26, 37), (5, 600), (998, 1), (999, 0) })
        {
            var part = new float[count];
            tensor.CopyTo(first, part);
            part.ShouldBe(copy.Values.Slice(first, count).ToArray());
        }

        Should.Throw<ArgumentOutOfRangeException>(() => tensor.CopyTo(998, new float[2]));
        tensor.Values.ToArray().ShouldBe(copy.Values.ToArray());
        tensor.Trim();
        tensor.Values.ToArray().ShouldBe(copy.Values.ToArray());
        copy.Values.ToArray().ShouldBe([.. values.Select(value => type == DType.F16 ? (float)(Half)value : MathF.ScaleB(MathF.Round(MathF.ScaleB(value, 7 - Exponent(value))), Exponent(value) - 7))]);
    }

    private static int Exponent(float value) => value == 0 ? 0 : (int)MathF.Floor(MathF.Log2(Math.Abs(value)));

    [Fact]
    public void Tensors_are_written_in_single_or_half_precision_only() =>
        Should.Throw<ArgumentException>(() => new SafetensorsWriter().Add("a", Tensor.Zeros(1), DType.I8)).Message.ShouldContain("I8, which is not supported");

    [Fact]
    public void A_save_that_fails_leaves_the_old_file()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("a.safetensors", [1, 2, 3]);
        var writer = new SafetensorsWriter();
        using var broken = new BrokenMemory();
        writer.Add("a", broken.Memory, 4);
        Should.Throw<InvalidOperationException>(() => writer.Save(path));
        File.ReadAllBytes(path).ShouldBe([1, 2, 3]);
        Directory.GetFiles(folder.Path).ShouldHaveSingleItem();
    }

    [Fact]
    public void Rows_are_streamed_and_counted_at_the_end()
    {
        using var folder = new TemporaryFolder();
        using (var writer = new SafetensorsRowWriter(folder.File("a.safetensors"), columns: 3))
        {
            for (var row = 0; row < 1000; row++)
            {
                writer.Write([row, -row, 0.5f]);
            }

            writer.Write([1f, 2, 3, 4, 5, 6]);
            writer.Rows.ShouldBe(1002);
            writer.Complete();
        }

        var tensor = SafetensorsFile.Open(folder.File("a.safetensors")).Read("embeddings");
        tensor.Shape.ToArray().ShouldBe([1002, 3]);
        tensor.Row(999).ToArray().ShouldBe([999, -999, 0.5f]);
        tensor.Row(1001).ToArray().ShouldBe([4, 5, 6]);
        GC.KeepAlive(tensor);
    }

    [Fact]
    public void A_stream_of_no_rows_is_a_valid_file()
    {
        using var folder = new TemporaryFolder();
        using (var writer = new SafetensorsRowWriter(folder.File("a.safetensors"), columns: 3, "v", DType.U8))
        {
            writer.Complete();
        }

        SafetensorsFile.Open(folder.File("a.safetensors")).Info("v").Shape.ShouldBe([0, 3]);
    }

    [Fact]
    public void A_stream_without_completion_leaves_nothing()
    {
        using var folder = new TemporaryFolder();
        using (var writer = new SafetensorsRowWriter(folder.File("a.safetensors"), columns: 1))
        {
            writer.Write([1f]);
        }

        Directory.GetFiles(folder.Path).ShouldBeEmpty();
    }

    /// <summary>Represents memory that cannot be read, as of a failing device.</summary>
    private sealed class BrokenMemory : System.Buffers.MemoryManager<long>
    {
        public override Memory<long> Memory => CreateMemory(4);

        public override Span<long> GetSpan() => throw new InvalidOperationException("broken");

        public override System.Buffers.MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException();

        public override void Unpin() => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
        }
    }
}
