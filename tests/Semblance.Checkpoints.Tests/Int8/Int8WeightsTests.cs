using FsCheck;
using FsCheck.Fluent;
using Semblance.Tensors;

namespace Semblance.Checkpoints.Tests;

public class Int8WeightsTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void A_code_is_the_weight_divided_by_the_largest_magnitude_of_its_channel_over_127_rounded_to_even(int channels)
    {
        int[] shape = [5, 3, 7];
        var random = new Random(1);
        var values = Enumerable.Range(0, 105).Select(_ => (float)(random.NextDouble() - 0.5) * MathF.Pow(10, random.Next(-9, 9))).ToArray();
        var weights = Int8Weights.Quantize(Tensor.From(values, shape), channels);
        int Channel(int i) => channels switch { 0 => i / 21, 1 => i / 7 % 3, _ => i % 7 };
        for (var i = 0; i < values.Length; i++)
        {
            var largest = Enumerable.Range(0, 105).Where(other => Channel(other) == Channel(i)).Max(other => Math.Abs(values[other]));
            var scale = weights.Scales.Span[Channel(i)];
            scale.ShouldBe(largest / 127);
            weights.Codes.Span[i].ShouldBe((sbyte)MathF.Round(values[i] / scale, MidpointRounding.ToEven));
            weights.Restore().Values[i].ShouldBe(weights.Codes.Span[i] * scale);
        }
    }

    [Fact]
    public void Ties_go_to_the_even_code_and_the_largest_magnitudes_to_127()
    {
        var weights = Int8Weights.Quantize(Tensor.From([127, 0.5f, 1.5f, -2.5f, -127, 126.5f], 1, 6));
        weights.Scales.ToArray().ShouldBe([1]);
        weights.Codes.ToArray().ShouldBe(new sbyte[] { 127, 0, 2, -2, -127, 126 });
    }

    [Fact]
    public void Channels_of_zeros_or_of_the_smallest_numbers_have_the_scale_1_and_codes_of_0()
    {
        var weights = Int8Weights.Quantize(Tensor.From([0, 0, 1e-37f, -1e-38f, 2e-36f, -2e-36f, float.MaxValue, -1], 4, 2));
        weights.Scales.ToArray().ShouldBe([1, 1, 2e-36f / 127, float.MaxValue / 127]);
        weights.Codes.ToArray().ShouldBe(new sbyte[] { 0, 0, 0, 0, 127, -127, 127, 0 });
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Weights_that_are_not_finite_are_refused(float value) =>
        Should.Throw<ArgumentException>(() => Int8Weights.Quantize(Tensor.From([1, 2, value, 3], 2, 2))).Message.ShouldContain("in channel 1; expected finite numbers");

    [Fact]
    public void What_is_written_is_read_and_quantizing_it_again_changes_nothing()
    {
        using var folder = new TemporaryFolder();
        var sizes = Gen.Choose(1, 40);
        Prop.ForAll(sizes.Three().ToArbitrary(), size =>
        {
            var (rows, columns, channels) = (size.Item1, size.Item2, size.Item3 % 2);
            var random = new Random(rows);
            var tensor = Tensor.From([.. Enumerable.Range(0, rows * columns).Select(_ => random.NextSingle() - 0.5f)], rows, columns);
            var weights = Int8Weights.Quantize(tensor, channels);
            var writer = new SafetensorsWriter();
            writer.Add("a.weight", weights);
            writer.Add("a.bias", Tensor.Zeros(rows));
            writer.Save(folder.File("a.safetensors"));

            var file = SafetensorsFile.Open(folder.File("a.safetensors"));
            file.Metadata["format"].ShouldBe("semblance-int8");
            file.Tensors.Select(info => info.Name).ShouldBe(["a.bias", "a.weight"], ignoreOrder: true);
            file.HasScales("a.weight").ShouldBeTrue();
            file.HasScales("a.bias").ShouldBeFalse();
            using var read = file.Read("a.weight");
            var row = new float[columns];
            read.CopyTo((rows - 1) * columns, row); // only these are converted
            row.ShouldBe(weights.Restore().Row(rows - 1).ToArray());
            read.Values.ToArray().ShouldBe(weights.Restore().Values.ToArray());
            read.Trim();
            var again = Int8Weights.Quantize(read, channels);
            again.Codes.ToArray().ShouldBe(weights.Codes.ToArray());
            again.Restore().Values.ToArray().ShouldBe(weights.Restore().Values.ToArray());
            Should.Throw<CheckpointFormatException>(() => file.ReadInt64("a.weight")).Message.ShouldContain("holds I8 with scales, expected integers");
            Should.Throw<InvalidOperationException>(() => { _ = read.Writable; });
            GC.KeepAlive(file);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(50));
    }

    [Fact]
    public void The_file_can_be_restored_by_multiplying_with_scales_of_the_same_rank()
    {
        using var folder = new TemporaryFolder();
        var tensor = Tensor.From([.. Enumerable.Range(-60, 120).Select(i => i / 7f)], 2, 20, 3);
        var writer = new SafetensorsWriter();
        writer.Add("rows", Int8Weights.Quantize(tensor));
        writer.Add("columns", Int8Weights.Quantize(tensor, 2));
        writer.Save(folder.File("a.safetensors"));

        // As another library reads it: the tensors as they are stored, whatever the format says.
        var bytes = File.ReadAllBytes(folder.File("a.safetensors"));
        var plain = folder.Write("plain.safetensors", System.Text.Encoding.Latin1.GetBytes(
            System.Text.Encoding.Latin1.GetString(bytes).Replace("semblance-int8", "pt____________", StringComparison.Ordinal)));
        var (stored, own) = (SafetensorsFile.Open(plain), SafetensorsFile.Open(folder.File("a.safetensors")));
        stored.Info("rows_scale").Shape.ShouldBe([2, 1, 1]);
        stored.Info("columns_scale").Shape.ShouldBe([1, 1, 3]);
        foreach (var name in new[] { "rows", "columns" })
        {
            var (codes, scales) = (stored.ReadInt64(name), stored.Read(name + "_scale").Values.ToArray());
            own.Read(name).Values.ToArray().ShouldBe([.. codes.Select((code, i) => code * scales[name == "rows" ? i / 60 : i % 3])]);
        }

        GC.KeepAlive(own);
    }

    public static TheoryData<string, string> Attacks => new()
    {
        { """{"a":{"dtype":"I8","shape":[2,2],"data_offsets":[0,4]}}""", "its scales 'a_scale' are missing" },
        { """{"a_scale":{"dtype":"F32","shape":[1,1],"data_offsets":[0,4]},"a":{"dtype":"I8","shape":[2,2],"data_offsets":[4,8]}}""", "do not fit the tensor a I8[2, 2]" },
        { """{"a_scale":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"I8","shape":[2,2],"data_offsets":[8,12]}}""", "do not fit the tensor a I8[2, 2]" },
        { """{"a_scale":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},"a":{"dtype":"I8","shape":[2,2],"data_offsets":[16,20]}}""", "do not fit the tensor a I8[2, 2]" },
        { """{"a_scale":{"dtype":"I32","shape":[2,1],"data_offsets":[0,8]},"a":{"dtype":"I8","shape":[2,2],"data_offsets":[8,12]}}""", "expected F32 of the same rank" },
        { """{"a_scale":{"dtype":"F32","shape":[],"data_offsets":[0,4]},"a":{"dtype":"I8","shape":[],"data_offsets":[4,5]}}""", "do not fit" },
    };

    [Theory]
    [MemberData(nameof(Attacks))]
    public void Scales_that_are_missing_or_do_not_fit_are_refused(string tensors, string problem)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("a.safetensors", Build("{\"__metadata__\":{\"format\":\"semblance-int8\"}," + tensors[1..], Enumerable.Repeat((byte)1, Length(tensors)).ToArray()));
        var message = Should.Throw<CheckpointFormatException>(() => SafetensorsFile.Open(path)).Message;
        message.ShouldStartWith(path);
        message.ShouldContain(problem);
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(-1f)]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.MaxValue)]
    public void Scales_that_are_no_positive_finite_numbers_are_refused(float scale)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("a.safetensors", Build(
            """{"__metadata__":{"format":"semblance-int8"},"a_scale":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},"a":{"dtype":"I8","shape":[2,2],"data_offsets":[8,12]}}""",
            [.. BitConverter.GetBytes(1f), .. BitConverter.GetBytes(scale), 1, 2, 3, 4]));
        Should.Throw<CheckpointFormatException>(() => SafetensorsFile.Open(path)).Message.ShouldContain("at index 1; expected a positive finite number");
    }

    [Fact]
    public void A_mutated_file_is_read_or_refused_and_nothing_else()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("a.safetensors");
        var whole = Build(
            """{"__metadata__":{"format":"semblance-int8"},"a_scale":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},"a":{"dtype":"I8","shape":[2,2],"data_offsets":[8,12]}}""",
            [.. BitConverter.GetBytes(1f), .. BitConverter.GetBytes(2f), 1, 2, 3, 4]);
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
        {
            Mutation.OpenAndReadAll(Mutation.Of(whole, seed), path, file => SafetensorsFile.Open(file));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }

    private static int Length(string tensors) => int.Parse(tensors[(tensors.LastIndexOf(',') + 1)..^3], System.Globalization.CultureInfo.InvariantCulture);

    private static byte[] Build(string header, byte[] data) =>
        [.. BitConverter.GetBytes((long)header.Length), .. System.Text.Encoding.UTF8.GetBytes(header), .. data];
}
