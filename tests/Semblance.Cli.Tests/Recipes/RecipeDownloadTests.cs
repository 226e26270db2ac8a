using Semblance.Checkpoints.Tests;

namespace Semblance.Cli.Tests.Recipes;

/// <summary>Recipes that name models by their ids on the Hub, run against a server with its routes.</summary>
public sealed class RecipeDownloadTests : IDisposable
{
    private const string Pairs = "question\tanswer\nWho eats?\tA man is eating food.\nWhat flies?\tA plane takes off.\nWho sleeps?\tThe dog sleeps.\nWho plays?\tTwo boys play.\n";

    private static readonly string Model = Fixtures.Own("st/mean-normalize");

    private readonly TemporaryFolder _folder = new();
    private readonly FakeHub _hub = new();

    public RecipeDownloadTests()
    {
        _folder.Write("pairs.tsv", Pairs);
        foreach (var file in Directory.EnumerateFiles(Model, "*", SearchOption.AllDirectories).Where(file => !Path.GetFileName(file).StartsWith("expected.", StringComparison.Ordinal)))
        {
            _hub.Files[Path.GetRelativePath(Model, file).Replace('\\', '/')] = File.ReadAllBytes(file);
        }
    }

    public static TheoryData<string, string> Recipes => new()
    {
        { "the base model", Recipe("model: org/model", "loss: MultipleNegativesRankingLoss") },
        { "a guide", Recipe($"model: {Model}", "loss: { GISTEmbedLoss: { guide: org/model } }") },
        { "a model that finds negatives", Recipe($"model: {Model}", "negatives: { from: org/model, count: 1 }, loss: MultipleNegativesRankingLoss") },
        { "one of several", Recipe($"cross-encoder: {{ folder: {Model}, labels: 1 }}", "negatives: [{ from: random, count: 1 }, { from: org/model, count: 1 }], loss: { MultipleNegativesRankingLoss: { negatives: 1 } }") },
    };

    public void Dispose()
    {
        _hub.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [MemberData(nameof(Recipes))]
    public async Task A_model_given_by_its_id_is_downloaded_once_and_then_taken_from_the_cache(string what, string recipe)
    {
        await TrainAsync("first", recipe, what);
        _hub.Count("GET", "model.safetensors").ShouldBe(1, what);

        await TrainAsync("second", recipe, what);
        _hub.Count("GET", "model.safetensors").ShouldBe(1, what);
        File.ReadAllBytes(Path.Combine(_folder.Of("second"), "model.safetensors")).ShouldBe(File.ReadAllBytes(Path.Combine(_folder.Of("first"), "model.safetensors")));
    }

    [Fact]
    public async Task A_model_that_the_Hub_does_not_have_ends_the_run_before_it_begins()
    {
        var (exitCode, _, error) = await RunAsync("out", Recipe($"model: {Model}", "loss: { GISTEmbedLoss: { guide: org/other } }"));
        exitCode.ShouldBe(1);
        error.ShouldContain("org/other");
        Directory.Exists(_folder.Of("out")).ShouldBeFalse();
    }

    private static string Recipe(string model, string dataset) =>
        $"{model}\ndatasets: [{{ name: pairs, files: pairs.tsv, texts: [question, answer], {dataset}, batch-size: 4 }}]\nsteps: 1\nrate: 1e-3\n";

    private async Task TrainAsync(string output, string recipe, string what)
    {
        var (exitCode, _, error) = await RunAsync(output, recipe);
        exitCode.ShouldBe(0, $"{what}: {error}");
    }

    private Task<(int ExitCode, string Output, string Error)> RunAsync(string output, string recipe) => Command.RunAsync(
        new Dictionary<string, string?>
        {
            ["HF_ENDPOINT"] = _hub.Address.ToString(),
            ["HF_HUB_CACHE"] = _folder.Of("hub"),
            ["HF_HUB_OFFLINE"] = null,
            ["NO_PROXY"] = "127.0.0.1",
        },
        "train", _folder.Write("recipe.yaml", recipe), "--data", _folder.Path, "--output", _folder.Of(output));
}
