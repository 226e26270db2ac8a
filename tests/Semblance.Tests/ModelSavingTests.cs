using Semblance.Checkpoints;
using Semblance.Modules;
using Semblance.Tokenizers;

namespace Semblance.Tests;

public class ModelSavingTests
{
    private static readonly (string Name, Action<string> Save)[] Kinds =
    [
        ("sentence", folder => SentenceTransformer.Load(Fixtures.Own("st/mean-normalize")).Save(folder)),
        ("dense", folder => SentenceTransformer.Load(Fixtures.Own("st/cls-dense")).Save(folder)),
        ("layer norm", folder => SentenceTransformer.Load(Fixtures.Own("st/multi-pool-layernorm")).Save(folder, DType.F16)),
        ("cross-encoder", folder => CrossEncoder.Load(Fixtures.Own("st/cross-encoder")).Save(folder)),
        ("sparse", folder => SparseEncoder.Load(Fixtures.Own("st/splade")).Save(folder)),
        ("multi-vector", folder => MultiVectorEncoder.Of(SentenceTransformer.Load(Fixtures.Own("st/mean-normalize"))).Save(folder)),
        ("static", folder => new SentenceTransformer([StaticEmbedding()]).Save(folder)),
        ("default", folder => SentenceTransformer.LoadDefault().Save(folder)), // with tokenizer.json
    ];

    // What other libraries and older versions write, which a loader would prefer to the new files or take for a part of the model.
    private static readonly string[] Others =
    [
        "tokenizer.json", "vocab.txt", "vocab.json", "merges.txt", "spiece.model", "sentencepiece.bpe.model", "tokenizer.model", "added_tokens.json", "special_tokens_map.json",
        "chat_template.jinja", "additional_chat_templates/tool_use.jinja", "sentence_roberta_config.json", "sentence_xlnet_config.json", "pytorch_model.bin",
        "pytorch_model.bin.index.json", "model-00001-of-00002.safetensors", "model.safetensors.index.json", "adapter_config.json", "adapter_model.safetensors",
        "generation_config.json", "preprocessor_config.json", "router_config.json", "artifact.metadata", "1_Pooling/pytorch_model.bin", "1_Dense/model.safetensors",
        "2_Normalize/config.json", "query_0_Transformer/tokenizer.json", "listed/config.json",
    ];

    private static readonly string[] Users =
        ["README.md", "LICENSE", "notes.txt", "log.jsonl", "checkpoint.safetensors", "report.html", "data/config.json", ".git/HEAD", "2024_runs/model.safetensors", "1_Pooling/notes.txt", "model.onnx"];

    public static TheoryData<string> Names => [.. Kinds.Select(kind => kind.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_model_saved_over_any_other_is_what_it_is_in_a_new_folder(string name)
    {
        using var folder = new TemporaryFolder();
        var save = Kinds.Single(kind => kind.Name == name).Save;
        save(folder.Of("new"));
        var expected = FilesOf(folder.Of("new"));
        foreach (var (other, saveOther) in Kinds)
        {
            saveOther(folder.Of(other));
            save(folder.Of(other));
            Same(FilesOf(folder.Of(other)), expected, other);
        }

        Directory.GetFileSystemEntries(folder.Path).Select(Path.GetFileName).Order().ShouldBe(Kinds.Select(kind => kind.Name).Append("new").Order());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Files_of_any_loader_go_and_those_of_the_user_stay(bool withFolders)
    {
        using var folder = new TemporaryFolder();
        string[] users = [.. Users.Where(user => withFolders || !user.Contains('/'))];
        foreach (var file in Others.Concat(users))
        {
            folder.Write($"out/{file}", file);
        }

        folder.Write("out/modules.json", """[{"idx":0,"name":"0","path":"listed","type":"x.Listed"}]""");
        var model = SentenceTransformer.Load(Fixtures.Own("st/mean-normalize"));
        model.Save(folder.Of("new"));
        model.Save(folder.Of("out"));
        var found = FilesOf(folder.Of("out"));
        foreach (var user in users)
        {
            found.Remove(user, out var content).ShouldBeTrue(user);
            System.Text.Encoding.UTF8.GetString(content!).ShouldBe(user);
        }

        Same(found, FilesOf(folder.Of("new")), "");
        SentenceTransformer.Load(folder.Of("out")).Encode("A man is eating food.").ShouldBe(model.Encode("A man is eating food."));
    }

    [Fact]
    public void A_model_is_saved_into_the_folder_that_it_was_loaded_from()
    {
        using var folder = new TemporaryFolder();
        SentenceTransformer.LoadDefault().Save(folder.Of("model"));
        var model = SentenceTransformer.Load(folder.Of("model"));
        var before = model.Encode("A man is eating food.");
        var files = FilesOf(folder.Of("model"));
        model.Save(folder.Of("model"));
        model.Encode("A man is eating food.").ShouldBe(before);
        Same(FilesOf(folder.Of("model")), files, "");
        SentenceTransformer.Load(folder.Of("model")).Encode("A man is eating food.").ShouldBe(before);
    }

    [Fact]
    public void A_save_that_fails_leaves_the_model_that_was_there()
    {
        using var folder = new TemporaryFolder();
        var model = SentenceTransformer.LoadTrainable(Fixtures.Own("st/mean-normalize"));
        model.Save(folder.Of("model"));
        var files = FilesOf(folder.Of("model"));
        model.Parameters().Last().Value.Writable[0] = 1e30f;
        Should.Throw<CheckpointFormatException>(() => model.Save(folder.Of("model"), DType.F16));
        Same(FilesOf(folder.Of("model")), files, "");
        Directory.GetFileSystemEntries(folder.Path).ShouldBe([folder.Of("model")]);
    }

    [Fact]
    public void A_save_that_a_crash_interrupted_is_finished_by_the_loader()
    {
        using var folder = new TemporaryFolder();
        var model = SentenceTransformer.Load(Fixtures.Own("st/mean-normalize"));
        SentenceTransformer.LoadDefault().Save(folder.Of("model"));
        model.Save(folder.Of($"model/.{new string('0', 32)}.save"));
        folder.Write($"model/.{new string('0', 32)}.save/.stale", "tokenizer.json\n");
        SentenceTransformer.Load(folder.Of("model")).Encode("A man is eating food.").ShouldBe(model.Encode("A man is eating food."));
        Directory.GetDirectories(folder.Of("model"), ".*").ShouldBeEmpty();
    }

    [Fact]
    public void A_tokenizer_replaces_the_files_of_another_and_no_weights()
    {
        using var folder = new TemporaryFolder();
        SentenceTransformer.LoadDefault().Save(folder.Of("model"));
        var weights = File.ReadAllBytes(folder.Of("model/model.safetensors"));
        var tokenizer = Tokenizer.CreateBert(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "a"]);
        folder.Write("model/added_tokens.json", "{}");
        folder.Write("model/spiece.model", "of another");
        tokenizer.Save(folder.Of("model"));
        File.Exists(folder.Of("model/added_tokens.json")).ShouldBeFalse();
        File.Exists(folder.Of("model/spiece.model")).ShouldBeFalse();
        Tokenizer.Load(folder.Of("model")).VocabularySize.ShouldBe(5);
        File.ReadAllBytes(folder.Of("model/model.safetensors")).ShouldBe(weights);
        File.Exists(folder.Of("model/modules.json")).ShouldBeTrue();
    }

    [Theory]
    [InlineData("all-MiniLM-L6-v2", ModelKind.SentenceTransformer, "sentence-transformers/all-MiniLM-L6-v2")]
    [InlineData("ms-marco-MiniLM-L6-v2", ModelKind.CrossEncoder, "cross-encoder/ms-marco-MiniLM-L6-v2")]
    [InlineData("x", ModelKind.SparseEncoder, "sparse-encoder/x")]
    [InlineData("x", ModelKind.MultiVectorEncoder, "x")]
    [InlineData("bert-base-uncased", ModelKind.SentenceTransformer, "bert-base-uncased")]
    [InlineData("XLM-RoBERTa-base", ModelKind.CrossEncoder, "XLM-RoBERTa-base")]
    [InlineData("naver/splade-v3", ModelKind.SparseEncoder, "naver/splade-v3")]
    public void A_name_without_an_organization_is_of_the_kinds_own(string name, ModelKind kind, string id) => HubId.Of(name, kind).ShouldBe(id);

    [Theory]
    [InlineData("/models/none")]
    [InlineData("./none")]
    [InlineData("../none")]
    [InlineData("a/b/c")]
    public void A_path_without_a_folder_is_no_id(string path) => Should.Throw<DirectoryNotFoundException>(() => SentenceTransformer.Load(path)).Message.ShouldContain(path);

    [Fact]
    public void A_mistyped_path_is_no_id_and_gets_a_suggestion()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.Of("models/mini"));
        var mistyped = folder.Of("models/minii");
        Should.Throw<DirectoryNotFoundException>(() => HubId.Of(mistyped)).Message.ShouldContain($"Did you mean '{folder.Of("models/mini")}'?");

        var beside = Path.GetRelativePath(Environment.CurrentDirectory, folder.Path);
        HubId.IsPath(Path.Combine(beside, "minii")).ShouldBeTrue();
        HubId.IsPath("recipe.yaml").ShouldBeTrue();
        HubId.IsPath("models\\minii").ShouldBeTrue();
        HubId.IsPath("~/minii").ShouldBeTrue();
        HubId.IsPath("minii/").ShouldBeTrue();
        HubId.IsPath("no-such-organization/all-MiniLM-L6-v2").ShouldBeFalse();
        HubId.IsPath("all-MiniLM-L6-v2").ShouldBeFalse();
        Should.Throw<DirectoryNotFoundException>(() => SentenceTransformer.Load("model.yaml")).Message.ShouldContain("name of a file");
    }

    [Fact]
    public void A_name_with_an_organization_is_a_path_where_a_folder_of_that_name_exists()
    {
        var existing = Path.GetFileName(Directory.EnumerateDirectories(Environment.CurrentDirectory).First());
        var message = Should.Throw<DirectoryNotFoundException>(() => HubId.Of($"{existing}/minii")).Message;
        message.ShouldContain($"semblance download {existing}/minii");
    }

    [Fact]
    public void Default_names_the_bundled_model()
    {
        DefaultModel.Resolve("default").ShouldBe(DefaultModel.Folder);
        DefaultModel.Resolve("./default").ShouldBe("./default");
        SentenceTransformer.Load("default").Dimension.ShouldBe(SentenceTransformer.LoadDefault().Dimension);
        SentenceTransformer.LoadTrainable("default").Parameters().ShouldNotBeEmpty();
    }

    private static StaticEmbeddingModule StaticEmbedding() =>
        (StaticEmbeddingModule)StaticEmbeddingModule.Distill((TransformerModule)SentenceTransformer.Load(Fixtures.Own("st/mean-normalize")).Modules[0]).Modules[0];

    private static Dictionary<string, byte[]> FilesOf(string folder) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).ToDictionary(file => Path.GetRelativePath(folder, file).Replace('\\', '/'), File.ReadAllBytes);

    private static void Same(Dictionary<string, byte[]> actual, Dictionary<string, byte[]> expected, string what)
    {
        actual.Keys.Order().ShouldBe(expected.Keys.Order(), what);
        foreach (var (name, content) in expected)
        {
            actual[name].AsSpan().SequenceEqual(content).ShouldBeTrue($"{what}: {name}");
        }
    }
}
