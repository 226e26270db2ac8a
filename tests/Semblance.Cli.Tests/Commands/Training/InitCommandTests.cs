using Semblance.Transformers;

namespace Semblance.Cli.Tests.Commands;

public class InitCommandTests
{
    private static readonly string[] Small = ["--layers", "1", "--hidden-size", "12", "--heads", "3", "--intermediate-size", "20", "--max-length", "32"];

    [Fact]
    public async Task A_new_model_knows_many_scripts_and_says_that_it_has_learned_nothing()
    {
        using var folder = new TemporaryFolder();
        var model = folder.Of("model");
        var outcome = (await Outcome.OfAsync(["init", "--output", model, .. Small])).Done();
        outcome.Output.ShouldBe(model + "\n");
        outcome.Error.ShouldContain("is untrained");
        var tokens = (await Outcome.WithInputAsync("Straße, façade Łódź żółw λόγος мир が 東京 北京 «1»\n", "tokenize", "--model", model)).Done().Output;
        tokens.ShouldNotContain("[UNK]");
        tokens.ShouldContain("\"##ß\"");
        var loaded = SentenceTransformer.Load(model);
        (loaded.Dimension, loaded.MaxSequenceLength).ShouldBe((12, 32));
        loaded.Encode("a man").Sum(x => x * x).ShouldBe(1, 1e-5f);
        Directory.GetFileSystemEntries(folder.Path).ShouldBe([model]);
    }

    public static TheoryData<string> Architectures => [.. NewConfiguration.Architectures];

    [Theory]
    [MemberData(nameof(Architectures))]
    public async Task Every_architecture_loads_encodes_and_is_saved_with_the_same_bits(string architecture)
    {
        using var folder = new TemporaryFolder();
        string[] sizes = ["--layers", "2", "--hidden-size", "48", "--heads", "3", "--intermediate-size", "40", "--max-length", "64"];
        (await Outcome.OfAsync(["init", "--output", folder.Of("m"), "--architecture", architecture, .. sizes])).Done();
        File.ReadAllText(Path.Combine(folder.Of("m"), "config.json")).ShouldContain($"\"model_type\": \"{architecture}\"");
        File.Exists(Path.Combine(folder.Of("m"), "tokenizer.json")).ShouldBeTrue();

        var model = SentenceTransformer.Load(folder.Of("m"));
        (model.Dimension, model.MaxSequenceLength).ShouldBe((48, 64));
        model.Tokenizer.Decode([.. model.Tokenizer.Encode("a man, 2 dogs 東京").Ids]).Replace(" ", "", StringComparison.Ordinal).ShouldBe("aman,2dogs東京");
        string[] texts = ["a man", "two dogs run", string.Concat(Enumerable.Repeat("long ", 60))];
        var vectors = model.Encode(texts);
        vectors.Vectors.Values.ToArray().ShouldAllBe(value => float.IsFinite(value));
        vectors[0].SequenceEqual(vectors[1]).ShouldBeFalse();

        SentenceTransformer.LoadTrainable(folder.Of("m")).Save(folder.Of("n"));
        SentenceTransformer.Load(folder.Of("n")).Encode(texts).Vectors.Values.SequenceEqual(vectors.Vectors.Values).ShouldBeTrue();
        foreach (var file in (string[])["model.safetensors", "tokenizer.json"])
        {
            File.ReadAllBytes(Path.Combine(folder.Of("n"), file)).ShouldBe(File.ReadAllBytes(Path.Combine(folder.Of("m"), file)));
        }
    }

    [Fact]
    public async Task A_vocabulary_for_another_kind_of_tokenizer_is_a_wrong_command_line() =>
        (await Outcome.OfAsync("init", "--output", "x", "--architecture", "roberta", "--vocab", "v.txt")).ExitCode.ShouldBe(2);

    [Fact]
    public async Task The_same_seed_gives_the_same_model()
    {
        using var folder = new TemporaryFolder();
        foreach (var (name, seed) in ((string, string)[])[("a", "1"), ("b", "1"), ("c", "2")])
        {
            (await Outcome.OfAsync(["init", "--output", folder.Of(name), "--seed", seed, .. Small])).Done();
        }

        byte[] Weights(string name) => File.ReadAllBytes(Path.Combine(folder.Of(name), "model.safetensors"));
        Weights("a").ShouldBe(Weights("b"));
        Weights("a").AsSpan().SequenceEqual(Weights("c")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_vocabulary_of_ones_own_is_used()
    {
        using var folder = new TemporaryFolder();
        var vocabulary = Fixtures.Own("st/mean-normalize/vocab.txt");
        (await Outcome.OfAsync(["init", "--output", folder.Of("m"), "--vocab", vocabulary, .. Small])).Done();
        SentenceTransformer.Load(folder.Of("m")).Tokenizer.VocabularySize.ShouldBe(File.ReadLines(vocabulary).Count());
        var outcome = await Outcome.OfAsync("init", "--output", folder.Of("n"), "--vocab", folder.Write("bad.txt", "a\nb\n"));
        (outcome.ExitCode, Directory.Exists(folder.Of("n"))).ShouldBe((1, false));
        outcome.Error.ShouldContain("[UNK]");
    }

    [Fact]
    public async Task What_is_there_is_not_overwritten()
    {
        using var folder = new TemporaryFolder();
        folder.Write("precious.txt", "x");
        var outcome = await Outcome.OfAsync(["init", "--output", folder.Path, .. Small]);
        outcome.ExitCode.ShouldBe(1);
        folder.Files.ShouldBe(["precious.txt"]);
    }

    [Fact]
    public async Task Heads_that_do_not_divide_the_width_are_a_wrong_command_line() =>
        (await Outcome.OfAsync("init", "--output", "x", "--heads", "5")).ExitCode.ShouldBe(2);
}
