using Semblance.Checkpoints;
using Semblance.Tensors;

namespace Semblance.Cli.Tests.Commands;

public class ForwardCommandTests
{
    [Theory]
    [InlineData("bert")]
    [InlineData("bert-bf16")]
    [InlineData("bert-fp16")]
    [InlineData("bert-gelu-new")]
    [InlineData("bert-mlm", 1e-4f)]
    [InlineData("bert-pytorch-legacy")]
    [InlineData("bert-pytorch-zip")]
    [InlineData("bert-seqcls")]
    [InlineData("bert-sharded")]
    [InlineData("bert-tokcls")]
    public Task Outputs_equal_the_recorded_ones_in_name_shape_and_value(string name, float logitTolerance = 2e-5f) =>
        Check(Fixtures.Own($"models/{name}"), logitTolerance);

    [Theory]
    [InlineData("albert")]
    [InlineData("deberta-v2-seqcls")]
    [InlineData("distilbert-mlm", 1e-4f)]
    [InlineData("electra-seqcls")]
    [InlineData("mpnet")]
    [InlineData("t5", 1e-4f)]
    [InlineData("t5-v1_1-encoder")]
    [InlineData("xlm-roberta-seqcls")]
    public Task Outputs_of_other_architectures_equal_the_recorded_ones(string name, float logitTolerance = 2e-5f) =>
        Check(Fixtures.Own($"models/{name}"), logitTolerance);

    [Theory]
    [InlineData("clip")]
    [InlineData("clip-eos")]
    public async Task Both_towers_of_CLIP_equal_the_recorded_ones_in_name_shape_and_value(string name)
    {
        using var folder = new TemporaryFolder();
        var model = Fixtures.Own($"models/{name}");
        var input = Path.Combine(model, "expected.safetensors");
        (await Outcome.OfAsync("forward", "--model", model, "--input", input, "--output", folder.Of("out.safetensors"))).Done();
        var (expected, actual) = (SafetensorsFile.Open(input), SafetensorsFile.Open(folder.Of("out.safetensors")));
        string[] inputs = ["input_ids", "attention_mask", "pixel_values"];
        var mask = expected.ReadInt64("attention_mask");
        foreach (var info in expected.Tensors.Where(info => !inputs.Contains(info.Name)))
        {
            actual.Info(info.Name).Shape.ShouldBe(info.Shape, info.Name);
            var (wanted, found) = (expected.Read(info.Name), actual.Read(info.Name));
            for (var i = 0; i < wanted.Length; i++)
            {
                var isPadding = info.Name == "text_last_hidden_state" && mask[i / wanted.Columns] == 0;
                found.Values[i].ShouldBe(isPadding ? 0 : wanted.Values[i], info.Name.StartsWith("logits", StringComparison.Ordinal) ? 1e-4f : 2e-5f, $"{info.Name}[{i}]");
            }
        }

        // Images alone are enough.
        var writer = new SafetensorsWriter();
        writer.Add("pixel_values", expected.Read("pixel_values"));
        writer.Save(folder.Of("images.safetensors"));
        (await Outcome.OfAsync("forward", "--model", model, "--input", folder.Of("images.safetensors"), "--output", folder.Of("images.out.safetensors"))).Done();
        var alone = SafetensorsFile.Open(folder.Of("images.out.safetensors"));
        alone.Tensors.Select(tensor => tensor.Name).ShouldBe(["vision_last_hidden_state", "vision_pooler_output", "image_features", "image_embeds"], ignoreOrder: true);
        alone.Read("image_features").Values.SequenceEqual(actual.Read("image_features").Values).ShouldBeTrue();
    }

    private static async Task Check(string model, float logitTolerance)
    {
        using var folder = new TemporaryFolder();
        var (input, output) = (Path.Combine(model, "expected.safetensors"), folder.Of("out.safetensors"));
        var outcome = (await Outcome.OfAsync("forward", "--model", model, "--input", input, "--output", output)).Done();
        (outcome.Output + outcome.Error).ShouldBeEmpty();
        var (expected, actual) = (SafetensorsFile.Open(input), SafetensorsFile.Open(output));
        foreach (var info in expected.Tensors.Where(info => !info.Name.EndsWith("_ids", StringComparison.Ordinal) && !info.Name.EndsWith("attention_mask", StringComparison.Ordinal)))
        {
            var ofDecoder = expected.Contains("decoder_input_ids") && (info.Name == "logits" || info.Name.StartsWith("decoder_", StringComparison.Ordinal));
            var mask = expected.ReadInt64(ofDecoder ? "decoder_attention_mask" : "attention_mask");
            actual.Info(info.Name).Shape.ShouldBe(info.Shape, info.Name);
            var (wanted, found) = (expected.Read(info.Name), actual.Read(info.Name));
            for (var row = 0; row < wanted.Rows; row++)
            {
                var isPadding = info.Shape.Count == 3 && mask[row] == 0;
                for (var column = 0; column < wanted.Columns; column++)
                {
                    var difference = Math.Abs(found.Row(row)[column] - (isPadding ? 0 : wanted.Row(row)[column]));
                    difference.ShouldBeLessThanOrEqualTo(isPadding ? 0 : info.Name == "logits" ? logitTolerance : 2e-5f, $"{info.Name}[{row}, {column}]");
                }
            }
        }
    }

    [Fact]
    public async Task Padding_on_the_left_gives_the_same_rows_further_right()
    {
        using var folder = new TemporaryFolder();
        var model = Fixtures.Own("models/bert");
        Write(folder.Of("right.safetensors"), [5, 6, 7, 8, 9, 0], [1, 1, 1, 1, 1, 0], 2, 3);
        Write(folder.Of("left.safetensors"), [5, 6, 7, 0, 8, 9], [1, 1, 1, 0, 1, 1], 2, 3);
        foreach (var side in (string[])["left", "right"])
        {
            (await Outcome.OfAsync("forward", "--model", model, "--input", folder.Of($"{side}.safetensors"), "--output", folder.Of($"{side}.out.safetensors"))).Done();
        }

        Tensor Read(string side) => SafetensorsFile.Open(folder.Of($"{side}.out.safetensors")).Read("last_hidden_state");
        Read("left").Row(4).ToArray().ShouldBe(Read("right").Row(3).ToArray());
        Read("left").Row(3).ToArray().ShouldAllBe(value => value == 0);
    }

    [Theory]
    [InlineData("bert-seqcls", 2)]
    [InlineData("bert-tokcls", 3)]
    public async Task Sequences_of_one_token_keep_the_shape_of_their_logits(string name, int rank)
    {
        using var folder = new TemporaryFolder();
        Write(folder.Of("in.safetensors"), [5, 0], [1, 0], 1, 2);
        (await Outcome.OfAsync("forward", "--model", Fixtures.Own($"models/{name}"), "--input", folder.Of("in.safetensors"), "--output", folder.Of("out.safetensors"))).Done();
        SafetensorsFile.Open(folder.Of("out.safetensors")).Info("logits").Shape.Count.ShouldBe(rank);
    }

    [Theory]
    [InlineData(new long[] { 5, 6 }, new long[] { 0, 0 }, "no tokens")]
    [InlineData(new long[] { 5, 99999 }, new long[] { 1, 1 }, "99999")]
    [InlineData(new long[] { 5, -1 }, new long[] { 1, 1 }, "-1")]
    [InlineData(new long[] { 5, 1L << 40 }, new long[] { 1, 1 }, "1099511627776")]
    public async Task A_batch_that_cannot_be_run_is_named(long[] ids, long[] mask, string named)
    {
        using var folder = new TemporaryFolder();
        Write(folder.Of("in.safetensors"), ids, mask, 1, 2);
        var outcome = await Outcome.OfAsync("forward", "--model", Fixtures.Own("models/bert"), "--input", folder.Of("in.safetensors"), "--output", folder.Of("out.safetensors"));
        outcome.ExitCode.ShouldBe(1);
        outcome.ErrorLines.Length.ShouldBe(1);
        outcome.Error.ShouldContain("in.safetensors");
        outcome.Error.ShouldContain(named);
        folder.Files.ShouldBe(["in.safetensors"]);
    }

    private static void Write(string path, long[] ids, long[] mask, int count, int width)
    {
        var writer = new SafetensorsWriter();
        writer.Add("input_ids", ids, count, width);
        writer.Add("attention_mask", mask, count, width);
        writer.Save(path);
    }
}
