using Semblance.Checkpoints;
using Semblance.Tensors;
using Semblance.Transformers;

namespace Semblance.Tests;

public class ModelSoupTests
{
    private static readonly ModelSizes Sizes = new()
    {
        VocabSize = 40,
        HiddenSize = 16,
        NumHiddenLayers = 2,
        NumAttentionHeads = 2,
        MaxPositionEmbeddings = 12,
    };

    [Fact]
    public void Each_weight_is_the_mean_of_those_of_the_models()
    {
        using var folder = new TemporaryFolder();
        string[] models = [Random(folder, "a", 1), Random(folder, "b", 2), Random(folder, "c", 3)];
        ModelSoup.Average(models, folder.Of("soup"));
        var (mean, each) = (Checkpoint.Open(folder.Of("soup")), Array.ConvertAll(models, Checkpoint.Open));
        mean.Tensors.Select(info => info.Name).ShouldBe(each[0].Tensors.Select(info => info.Name));
        foreach (var info in mean.Tensors)
        {
            var values = mean.Read(info.Name).Values;
            for (var i = 0; i < values.Length; i++)
            {
                values[i].ShouldBe((float)(each.Sum(model => (double)model.Read(info.Name).Values[i]) / 3), info.Name);
            }
        }

        Transformer.Load(folder.Of("soup")).LayerCount.ShouldBe(2);
        File.ReadAllText(Path.Combine(folder.Of("soup"), "README.md")).ShouldContain("3 models: a, b, c");
    }

    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F16)]
    [InlineData(DType.BF16)]
    public void The_mean_of_a_model_with_itself_has_its_bits_and_its_type(DType type)
    {
        using var folder = new TemporaryFolder();
        Transformer.CreateRandom("bert", Sizes, 1).Save(folder.Of("a"), type);
        ModelSoup.Average([folder.Of("a"), folder.Of("a"), folder.Of("a")], folder.Of("soup"));
        var (before, after) = (Checkpoint.Open(folder.Of("a")), Checkpoint.Open(folder.Of("soup")));
        foreach (var info in before.Tensors)
        {
            after.Info(info.Name).ShouldBe(info with { Shape = after.Info(info.Name).Shape });
            after.Read(info.Name).Values.ToArray().ShouldBe(before.Read(info.Name).Values.ToArray());
        }
    }

    [Fact]
    public void A_greedy_soup_adds_from_the_best_model_to_the_worst_what_does_not_lower_the_score()
    {
        using var folder = new TemporaryFolder();
        string[] models = [Weight(folder, "far", 10), Weight(folder, "low", 0.1f), Weight(folder, "high", 1.7f), Weight(folder, "near", 0.9f)];

        // The nearer to 1, the better: 0.9; with 1.7, 1.3 is worse; with 0.1, 0.5 is worse; 10 is far.
        ModelSoup.Greedy(models, folder.Of("one"), Score).ShouldBe(
        [
            new SoupIngredient(models[3], Score(models[3]), Score(models[3]), true),
            new SoupIngredient(models[2], Score(models[2]), -Math.Abs(((0.9 + 1.7) / 2) - 1), false),
            new SoupIngredient(models[1], Score(models[1]), -Math.Abs(((0.9 + 0.1) / 2) - 1), false),
            new SoupIngredient(models[0], Score(models[0]), -Math.Abs(((0.9 + 10) / 2) - 1), false),
        ], new Nearly());
        Value(folder.Of("one")).ShouldBe(0.9f);

        // 1.7 first; with 0.1, 0.9 is better; 10 is far.
        var ingredients = ModelSoup.Greedy(models[..3], folder.Of("two"), Score);
        ingredients.Select(ingredient => (Path.GetFileName(ingredient.Folder), ingredient.IsTaken))
            .ShouldBe([("high", true), ("low", true), ("far", false)]);
        Value(folder.Of("two")).ShouldBe(0.9f, 1e-6f);

        static double Score(string model) => -Math.Abs(Value(model) - 1);
    }

    [Fact]
    public void Models_that_do_not_fit_are_refused_and_the_output_is_not_changed()
    {
        using var folder = new TemporaryFolder();
        var model = Weight(folder, "a", 1);
        var output = Weight(folder, "output", 5);
        string Fault(Action<SafetensorsWriter> write) => Should.Throw<FormatException>(
            () => ModelSoup.Average([model, Written(folder, "b", write)], output)).Message;

        Fault(writer => writer.Add("v", Tensor.Zeros(2, 1))).ShouldContain("the tensor 'w' of");
        Fault(writer => writer.Add("w", Tensor.Zeros(3, 1))).ShouldContain("the tensor 'w' is [3, 1], and [2, 1] in");
        Fault(writer =>
        {
            writer.Add("w", Tensor.Zeros(2, 1));
            writer.Add("more", Tensor.Zeros(1, 1));
        }).ShouldContain("the tensor 'more' is not in");
        Fault(writer => writer.Add("w", Tensor.From([1, float.NaN], 2, 1))).ShouldContain("'w' has a value that is not finite");
        Fault(writer => writer.Add("w", Int8Weights.Quantize(Tensor.Zeros(2, 1)))).ShouldContain("restore float32");
        Directory.CreateDirectory(folder.Of("adapter"));
        File.WriteAllText(Path.Combine(folder.Of("adapter"), "adapter_config.json"), "{}");
        Should.Throw<FormatException>(() => ModelSoup.Average([model, folder.Of("adapter")], output)).Message.ShouldContain("merge");
        Should.Throw<DirectoryNotFoundException>(() => ModelSoup.Average([model, folder.Of("none")], output));
        Should.Throw<ArgumentException>(() => ModelSoup.Average([], output));
        Should.Throw<ArgumentException>(() => ModelSoup.Greedy([model], output, _ => double.NaN)).Message.ShouldContain("not a number");
        Value(output).ShouldBe(5);
    }

    private static string Random(TemporaryFolder folder, string name, int seed)
    {
        Transformer.CreateRandom("bert", Sizes, seed).Save(folder.Of(name));
        return folder.Of(name);
    }

    private static string Weight(TemporaryFolder folder, string name, float value) =>
        Written(folder, name, writer => writer.Add("w", Tensor.From([value, value], 2, 1)));

    private static string Written(TemporaryFolder folder, string name, Action<SafetensorsWriter> write)
    {
        Directory.CreateDirectory(folder.Of(name));
        var writer = new SafetensorsWriter();
        write(writer);
        writer.Save(Path.Combine(folder.Of(name), "model.safetensors"));
        return folder.Of(name);
    }

    private static float Value(string folder) => Checkpoint.Open(folder).Read("w").Values[0];

    private sealed class Nearly : IEqualityComparer<SoupIngredient>
    {
        public bool Equals(SoupIngredient? x, SoupIngredient? y) =>
            x!.Folder == y!.Folder && x.IsTaken == y.IsTaken && Math.Abs(x.Score - y.Score) + Math.Abs(x.SoupScore - y.SoupScore) < 1e-6;

        public int GetHashCode(SoupIngredient ingredient) => 0;
    }
}
