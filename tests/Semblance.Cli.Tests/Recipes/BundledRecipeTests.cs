using System.Text.RegularExpressions;
using Semblance.Cli.Commands;
using Semblance.Training.Recipes;

namespace Semblance.Cli.Tests.Recipes;

/// <summary>The recipes that lie beside the command, and the data that they read.</summary>
public sealed partial class BundledRecipeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> All => [.. BundledRecipes.Names()];

    /// <summary>Recipes of the sample data that need no other recipe.</summary>
    public static TheoryData<string> Trained =>
        [.. BundledRecipes.Names().Where(name => name.StartsWith("sample/", StringComparison.Ordinal) && name is not ("sample/distillation" or "sample/word-vectors"))];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task All_recipes_of_the_repository_are_listed_each_with_what_it_trains()
    {
        var recipes = Path.Combine(Fixtures.Repository, "recipes");
        var names = Directory.EnumerateFiles(recipes, "*.yaml", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(recipes, file)[..^5].Replace('\\', '/')).Order(StringComparer.Ordinal).ToArray();
        var lines = (await Outcome.OfAsync("recipes")).Done().Lines;
        lines.Select(line => line.Split(' ')[0]).ShouldBe(names);
        lines.ShouldAllBe(line => line.Contains("  ") && line.Length < 240 && !line.EndsWith("al"));
        var page = File.ReadAllText(Path.Combine(recipes, "README.md"));
        names.ShouldAllBe(name => page.Contains(name + ".yaml"), "recipes/README.md describes every recipe");
    }

    [Theory]
    [MemberData(nameof(Trained))]
    public async Task Each_kind_of_recipe_trains_on_the_sample_data(string name)
    {
        var isModel = Recipe.Parse(BundledRecipes.Text(name)).Kind == RecipeKind.Model;
        await TrainAsync(name, "out", isModel ? ["--set", "steps=1"] : []);
        _folder.Files.ShouldNotBeEmpty();
        File.Exists(_folder.Of("out/report.html")).ShouldBe(isModel);
    }

    [Fact]
    public async Task A_student_learns_from_the_vectors_of_the_sample_teacher()
    {
        await TrainAsync("sample/teacher", "teacher");
        var teacher = _folder.Of("teacher");
        await TrainAsync("sample/distillation", "student", "--set", "steps=2", "--set", $"datasets.0.teacher={teacher}", "--set", $"datasets.1.teacher={teacher}");
        SentenceTransformer.Load(_folder.Of("student")).Dimension.ShouldBe(128);
    }

    [Fact]
    public async Task Word_vectors_are_learned_for_the_sample_vocabulary()
    {
        await TrainAsync("sample/vocabulary", "vocabulary");
        await TrainAsync("sample/word-vectors", "vectors", "--set", $"word-vectors.tokenizer={_folder.Of("vocabulary")}");
        File.Exists(_folder.Of("vectors/model.safetensors")).ShouldBeTrue();
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_header_has_the_command_and_names_the_recipes_that_must_run_before(string name)
    {
        var lines = BundledRecipes.Text(name).Split('\n');
        var header = string.Join('\n', lines.TakeWhile(line => line.StartsWith('#')));
        header.ShouldContain($"#   semblance train {name}");
        Commands().Matches(header).Select(match => match.Groups[1].Value).ShouldAllBe(named => BundledRecipes.Names().Contains(named));

        var needed = Outputs().Matches(string.Join('\n', lines.Where(line => !line.StartsWith('#') && !line.StartsWith("output:", StringComparison.Ordinal))))
            .Select(match => match.Value).Distinct().ToArray();
        foreach (var folder in needed)
        {
            header.ShouldContain(folder);
            header.ShouldContain(BundledRecipes.WriterOf(folder).ShouldNotBeNull($"no recipe writes {folder}"));
        }

        // Apart from what other recipes write, a recipe needs only data, which the page describes.
        var page = File.ReadAllText(Path.Combine(Fixtures.Repository, "recipes", "README.md"));
        var data = Path.Combine(_folder.Path, "none");
        foreach (var missing in Recipe.Parse(BundledRecipes.Text(name), new RecipeOptions { DataFolder = data }).FindMissingFiles().Except(needed))
        {
            var file = Path.GetRelativePath(data, missing).Replace('\\', '/');
            (page.Contains($"`{file}`") || File.Exists(Path.Combine(BundledRecipes.SampleData, file))).ShouldBeTrue($"{file} is described in recipes/README.md");
        }
    }

    [Fact]
    public async Task What_a_recipe_needs_and_does_not_exist_is_named_before_it_trains()
    {
        var outcome = await Outcome.OfAsync("train", "ablation", "--data", _folder.Path, "--output", _folder.Of("out"));
        outcome.ExitCode.ShouldBe(CommandLine.Failed);
        outcome.Error.ShouldContain("runs/masked-words ('semblance train pretrain-masked-words' writes it)");
        outcome.Error.ShouldContain(Path.Combine(_folder.Path, "sts/stsb/dev.tsv.gz"));
        Directory.Exists(_folder.Of("out")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_missing_variant_is_named_before_the_first_one_trains()
    {
        _folder.Write("questions.tsv", "question\tother\nWho eats?\tA man is eating.\n");
        var recipe = _folder.Write("r.yaml", """
            model: default
            output: runs/none
            datasets: [{ name: q, files: questions.tsv, texts: [question, other], loss: MultipleNegativesRankingLoss, batch-size: 4 }]
            steps: 1
            rate: 1e-3
            vary: { model: { first: default, second: { folder: runs/nothing-writes-this } } }
            """);
        var outcome = await Outcome.OfAsync("train", recipe, "--data", _folder.Path, "--output", _folder.Of("out"));
        outcome.ExitCode.ShouldBe(CommandLine.Failed);
        outcome.ErrorLines.Single().ShouldContain("runs/nothing-writes-this");
        Directory.Exists(_folder.Of("out")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_mistyped_recipe_gets_a_suggestion()
    {
        (await Outcome.OfAsync("train", "sample/rankin")).Error.ShouldContain("Did you mean 'sample/ranking'?");
        (await Outcome.OfAsync("recipes", "sample/rankin")).Error.ShouldContain("Did you mean 'sample/ranking'?");
    }

    [Fact]
    public async Task A_recipe_is_printed_as_it_is_and_all_are_copied_with_their_data()
    {
        (await Outcome.OfAsync("recipes", "sample/ranking")).Done().Output.ShouldBe(BundledRecipes.Text("sample/ranking"));

        (await Outcome.OfAsync("recipes", "--output", _folder.Of("copy"))).Done();
        File.Exists(_folder.Of("copy/objective-ranking.yaml")).ShouldBeTrue();
        var recipe = _folder.Of("copy/sample/classification.yaml");
        (await Outcome.OfAsync("train", recipe, "--data", _folder.Of("copy/sample/data"), "--output", _folder.Of("out"), "--set", "steps=1")).Done();

        (await Outcome.OfAsync("recipes", "--output", _folder.Of("copy"))).ExitCode.ShouldBe(CommandLine.Failed);
    }

    [Fact]
    public async Task A_model_card_calls_the_bundled_model_by_its_name()
    {
        await TrainAsync("sample/classification", "out", "--set", "steps=1");
        var card = File.ReadAllText(_folder.Of("out/README.md"));
        card.ShouldContain("semblance-mini, the bundled default model");
        card.ShouldNotContain("base_model");
        card.ShouldNotContain(AppContext.BaseDirectory);
    }

    private async Task TrainAsync(string recipe, string output, params string[] more) =>
        (await Outcome.OfAsync(["train", recipe, "--output", _folder.Of(output), .. more])).Done();

    [GeneratedRegex("semblance train ([^ \n]+)")]
    private static partial Regex Commands();

    [GeneratedRegex("runs/[a-z/-]+")]
    private static partial Regex Outputs();
}
