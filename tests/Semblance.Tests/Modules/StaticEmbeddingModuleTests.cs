using System.Text.Json.Nodes;
using Semblance.Checkpoints;
using Semblance.Distillation;
using Semblance.Modules;
using Semblance.Tensors;
using Semblance.Tokenizers;
using Semblance.Transformers;

namespace Semblance.Tests.Modules;

public class StaticEmbeddingModuleTests
{
    private static readonly string[] Tokens = ["[UNK]", "[CLS]", "[SEP]", "man", "horse", "rid", "##es"];
    private static readonly float[] Table = [.. Enumerable.Range(0, Tokens.Length * 2).Select(i => i * i / 4f)]; // two elements a token

    [Fact]
    public void StaticEmbedding_of_sentence_transformers_averages_all_tokens()
    {
        using var folder = new TemporaryFolder();
        Write(folder, new() { ["embedding.weight"] = Tensor.From(Table, Tokens.Length, 2) });
        folder.Write("modules.json", """[{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.StaticEmbedding"}]""");
        var model = SentenceTransformer.Load(folder.Path);
        (model.Dimension, model.MaxSequenceLength).ShouldBe((2, int.MaxValue));
        var vectors = model.Encode(["Man rides zebra", "horse", ""]);
        vectors[0].ToArray().ShouldBe(Mean(3, 5, 6, 0));
        vectors[1].ToArray().ShouldBe(Mean(4));
        vectors[2].ToArray().ShouldBe([0, 0]);
        vectors.TokenCounts.ShouldBe([4, 1, 0]);
        model.EncodeTokens(["man horse"])[0].Values.ToArray().ShouldBe([.. Mean(3), .. Mean(4)]);
        vectors.Truncated.ShouldAllBe(truncated => !truncated);
        SavesAsItWas(model, folder);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Model2Vec_folders_leave_out_unknown_tokens_and_normalize_as_they_say(bool listed)
    {
        using var folder = new TemporaryFolder();
        Write(folder, new() { ["embeddings"] = Tensor.From(Table, Tokens.Length, 2) });
        folder.Write("config.json", """{"model_type": "model2vec", "architectures": ["StaticModel"], "apply_pca": 2, "apply_zipf": true, "normalize": true, "hidden_dim": 2}""");
        if (listed)
        {
            folder.Write("modules.json", """
                [{"idx": 0, "name": "0", "path": ".", "type": "sentence_transformers.models.StaticEmbedding"},
                 {"idx": 1, "name": "1", "path": "1_Normalize", "type": "sentence_transformers.models.Normalize"}]
                """);
        }

        var model = SentenceTransformer.Load(folder.Path);
        model.Modules[1].ShouldBeOfType<NormalizeModule>();
        var mean = Mean(3, 4);
        var length = MathF.Sqrt((mean[0] * mean[0]) + (mean[1] * mean[1]));
        var vectors = model.Encode(["man zebra horse", "zebra"]);
        vectors[0][0].ShouldBe(mean[0] / length, 1e-6f);
        vectors[0][1].ShouldBe(mean[1] / length, 1e-6f);
        vectors[1].ToArray().ShouldBe([0, 0]);
        SavesAsItWas(model, folder);
        using var again = new TemporaryFolder();
        model.Save(again.Path);
        var config = ConfigurationFile.Read(again.Of("config.json"));
        (config.Text("model_type"), config.Flag("apply_zipf", false), config.Text("embedding_dtype")).ShouldBe(("model2vec", true, "float32"));
    }

    [Theory]
    [InlineData("embedding.weight", "Right", new[] { 3, 5 })]
    [InlineData("embeddings", "Right", new[] { 3, 5 })]
    [InlineData("embedding.weight", "Left", new[] { 6, 4 })]
    public void The_truncation_of_the_tokenizer_is_applied_and_what_stands_beside_it_is_not(string name, string direction, int[] ids)
    {
        using var folder = new TemporaryFolder();
        Write(folder, new() { [name] = Tensor.From(Table, Tokens.Length, 2) });
        var json = JsonNode.Parse(File.ReadAllText(folder.Of("tokenizer.json")))!;
        json["truncation"] = JsonNode.Parse($$"""{"max_length": 2, "direction": "{{direction}}", "strategy": "LongestFirst", "stride": 0}""");
        folder.Write("tokenizer.json", json.ToJsonString());
        folder.Write("tokenizer_config.json", """{"pad_token": "[PAD]", "do_lower_case": false, "truncation_side": "left"}""");
        var module = StaticEmbeddingModule.Load(folder.Path);
        (module.MaxSequenceLength, module.VocabularySize).ShouldBe((2, Tokens.Length));
        var tokens = module.Tokenize("Man rides horse");
        tokens.Ids.ShouldBe(ids);
        tokens.IsTruncated.ShouldBeTrue();
        module.Tokenize("man horse").IsTruncated.ShouldBeFalse();
    }

    [Fact]
    public void Model2Vec_takes_512_tokens_of_a_text_cut_to_as_many_times_the_median_length_of_a_token()
    {
        using var folder = new TemporaryFolder();
        Write(folder, new() { ["embeddings"] = Tensor.From(Table, Tokens.Length, 2) });
        var module = StaticEmbeddingModule.Load(folder.Path);
        module.MaxSequenceLength.ShouldBe(512);
        var tokens = module.Tokenize(string.Concat(Enumerable.Repeat("man ", 600)));
        (tokens.Ids.Length, tokens.IsTruncated).ShouldBe((512, true)); // 5 · 512 characters hold 640 of them
        tokens = module.Tokenize(new string('\u4E16', 600) + string.Concat(Enumerable.Repeat(" horse", 600)));
        (tokens.Ids.Length, tokens.IsTruncated).ShouldBe(((2560 - 600) / 6, true)); // unknown tokens do not count, their characters do
        module.Tokenize(string.Concat(Enumerable.Repeat("man ", 512))).IsTruncated.ShouldBeFalse();
    }

    [Fact]
    public void Model2Vec_keeps_the_unknown_tokens_of_Unigram_as_the_original_does()
    {
        using var folder = new TemporaryFolder();
        folder.Copy(Fixtures.Own("tokenizers/sentencepiece/unigram.model"), "spiece.model");
        folder.Write("tokenizer_config.json", """{"tokenizer_class": "T5Tokenizer"}""");
        var tokenizer = Tokenizer.Load(folder.Path);
        var writer = new SafetensorsWriter();
        writer.Add("embeddings", Tensor.Zeros(tokenizer.VocabularySize, 1));
        writer.Save(folder.Of("model.safetensors"));
        StaticEmbeddingModule.Load(folder.Path).Tokenize("\u4E9C").Ids.ShouldContain(tokenizer.UnknownId!.Value);
    }

    [Fact]
    public void Model2Vec_tokens_may_share_vectors_and_have_weights()
    {
        using var folder = new TemporaryFolder();
        long[] mapping = [0, 0, 0, 2, 1, 2, 1];
        float[] weights = [1, 1, 1, 0.5f, 4, 2, 1];
        var writer = new SafetensorsWriter();
        writer.Add("embeddings", Tensor.From(Table.AsSpan(0, 6), 3, 2));
        writer.Add("weights", Tensor.From(weights, 7));
        writer.Add("mapping", mapping, 7);
        writer.Save(folder.Of("model.safetensors"));
        Tokenizer.CreateBert(Tokens).SaveJson(folder.Path);
        folder.Write("config.json", """{"model_type": "model2vec", "normalize": false}""");
        var model = SentenceTransformer.Load(folder.Path);
        model.Modules.Count.ShouldBe(1);
        model.Encode("man horse").ShouldBe([((Table[4] * 0.5f) + (Table[2] * 4)) / 2, ((Table[5] * 0.5f) + (Table[3] * 4)) / 2]);
        SavesAsItWas(model, folder);
    }

    [Theory]
    [InlineData("weight", "neither")]
    [InlineData("short", "vectors for 6")]
    [InlineData("mapping", "'mapping' points to the vector 9")]
    public void Files_that_do_not_fit_are_named(string fault, string named)
    {
        using var folder = new TemporaryFolder();
        Write(folder, new() { [fault == "weight" ? "weight" : "embeddings"] = Tensor.From(Table.AsSpan(0, fault == "short" ? 12 : 14), fault == "short" ? 6 : 7, 2) });
        if (fault == "mapping")
        {
            var writer = new SafetensorsWriter();
            writer.Add("embeddings", Tensor.From(Table, 7, 2));
            writer.Add("mapping", (long[])[0, 1, 2, 9, 4, 5, 6], 7);
            writer.Save(folder.Of("model.safetensors"));
        }

        var thrown = Should.Throw<ModelFormatException>(() => StaticEmbeddingModule.Load(folder.Path));
        thrown.Message.ShouldContain(named);
        thrown.Message.ShouldContain(folder.Path);
    }

    [Fact]
    public void The_gradient_reaches_the_tokens_of_the_texts_and_no_others()
    {
        var module = new StaticEmbeddingModule(Tokenizer.CreateBert(Tokens), Tensor.From(Table, Tokens.Length, 2));
        module.Table.RequiresGradient = true;
        using var run = new Computation(recording: true);
        run.Backward(new SentenceTransformer([module]).Forward(run, ["man man horse", "", "rides"]));
        const float Third = 1f / 3;
        module.Table.Gradient!.Values.ToArray().ShouldBe([0, 0, 0, 0, 0, 0, Third + Third, Third + Third, Third, Third, 0.5f, 0.5f, 0.5f, 0.5f]);
    }

    [Fact]
    public void Distilling_gives_each_token_what_the_transformer_makes_of_it_alone()
    {
        var teacher = (TransformerModule)SentenceTransformer.Load(Fixtures.Own("st/mean-normalize")).Modules[0];
        var model = StaticEmbeddingModule.Distill(teacher, new StaticDistillationOptions { Dimensions = null, SifCoefficient = null, BatchTokens = 50 });
        var table = ((StaticEmbeddingModule)model.Modules[0]).Table;
        table.Shape.ToArray().ShouldBe([teacher.Tokenizer.VocabularySize, teacher.Transformer.HiddenSize]);
        var single = new SentenceTransformer([teacher, new PoolingModule(32, [Pooling.Mean])]);
        foreach (var word in new[] { "man", "horse", "eating" })
        {
            table.Row(teacher.Tokenizer.TokenToId(word)!.Value).ToArray().ShouldBe(single.Encode(word));
        }

        model.Modules[1].ShouldBeOfType<NormalizeModule>();
        using var folder = new TemporaryFolder();
        model.Save(folder.Path);
        File.Exists(folder.Of("tokenizer.json")).ShouldBeTrue("Model2Vec reads no vocab.txt");
        string[] texts = ["A man is riding a horse.", "zebra", ""];
        SentenceTransformer.Load(folder.Path).Encode(texts).Vectors.Values.SequenceEqual(model.Encode(texts).Vectors.Values).ShouldBeTrue();
    }

    [Fact]
    public void Distilling_keeps_the_principal_components_and_weighs_tokens_by_their_place_whatever_the_threads()
    {
        var teacher = (TransformerModule)SentenceTransformer.Load(Fixtures.Own("st/mean-normalize")).Modules[0];
        Tensor TableOf(StaticDistillationOptions options) => ((StaticEmbeddingModule)StaticEmbeddingModule.Distill(teacher, options).Modules[0]).Table;
        var plain = TableOf(new StaticDistillationOptions { Dimensions = null, SifCoefficient = null, Unused = null });
        var table = TableOf(new StaticDistillationOptions { Dimensions = 8, Unused = null });
        table.Values.SequenceEqual(TableOf(new StaticDistillationOptions { Dimensions = 8, Unused = null, MaxThreads = 1, BatchTokens = 7 }).Values).ShouldBeTrue();
        var expected = PrincipalComponents.Fit(plain, 8).Transform(plain);
        var sum = Enumerable.Range(2, plain.Rows).Sum(rank => 1.0 / rank);
        for (var i = 0; i < table.Length; i++)
        {
            var weight = 1e-4 / (1e-4 + (1.0 / ((i / 8) + 2) / sum));
            table.Values[i].ShouldBe((float)(expected.Values[i] * weight), 1e-6f);
        }

        var without = TableOf(new StaticDistillationOptions { Unused = "man" });
        without.Row(teacher.Tokenizer.TokenToId("man")!.Value).ToArray().ShouldAllBe(value => value == 0);
        Should.Throw<ArgumentException>(() => TableOf(new StaticDistillationOptions { Unused = "" })).Message.ShouldContain("none is left");
        Should.Throw<ArgumentException>(() => TableOf(new StaticDistillationOptions { SifCoefficient = 1 }));
    }

    private static float[] Mean(params int[] tokens) => [tokens.Sum(token => Table[2 * token]) / tokens.Length, tokens.Sum(token => Table[(2 * token) + 1]) / tokens.Length];

    private static void Write(TemporaryFolder folder, Dictionary<string, Tensor> tensors)
    {
        var writer = new SafetensorsWriter();
        foreach (var (name, tensor) in tensors)
        {
            writer.Add(name, tensor);
        }

        writer.Save(folder.Of("model.safetensors"));
        Tokenizer.CreateBert(Tokens).SaveJson(folder.Path);
    }

    private static void SavesAsItWas(SentenceTransformer model, TemporaryFolder source)
    {
        using var folder = new TemporaryFolder();
        model.Save(folder.Path);
        File.ReadAllBytes(folder.Of("tokenizer.json")).ShouldBe(File.ReadAllBytes(source.Of("tokenizer.json")));
        var (before, after) = (SafetensorsFile.Open(source.Of("model.safetensors")), SafetensorsFile.Open(folder.Of("model.safetensors")));
        after.Tensors.Select(tensor => (tensor.Name, tensor.DType, string.Join(',', tensor.Shape))).ShouldBe(before.Tensors.Select(tensor => (tensor.Name, tensor.DType, string.Join(',', tensor.Shape))), ignoreOrder: true);
        string[] texts = ["man rides zebra", "horse", ""];
        SentenceTransformer.Load(folder.Path).Encode(texts).Vectors.Values.SequenceEqual(model.Encode(texts).Vectors.Values).ShouldBeTrue();
    }
}
