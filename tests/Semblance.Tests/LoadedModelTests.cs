using System.Text.Json;
using Semblance.Modules;
using Semblance.Tensors;
using Semblance.Transformers;

namespace Semblance.Tests;

/// <summary>What a folder is loaded as, and what is refused by name.</summary>
public class LoadedModelTests
{
    [Theory]
    [InlineData("adapter_config.json", """{"peft_type": "LORA", "base_model_name_or_path": "x/y"}""", "(LORA) for 'x/y'")]
    [InlineData("adapter_model.safetensors", "", "merge")]
    [InlineData("adapter_model.bin", "", "merge")]
    [InlineData("pytorch_adapter.bin", "", "Merge")]
    [InlineData("adapter.safetensors", "", "Merge")]
    public void A_folder_with_an_adapter_beside_weights_is_refused_by_every_loader(string file, string content, string described)
    {
        foreach (var (fixture, load) in new (string, Action<string>)[]
        {
            ("mean-normalize", folder => SentenceTransformer.Load(folder)), ("mean-normalize", folder => SentenceTransformer.LoadTrainable(folder)),
            ("mean-normalize", folder => Transformer.Load(folder)), ("mean-normalize", folder => Transformers.Tasks.TaskModel.Load(folder)),
            ("cross-encoder", folder => CrossEncoder.Load(folder)), ("splade", folder => SparseEncoder.Load(folder)), ("mean-normalize", folder => MultiVectorEncoder.Load(folder)),
            ("cross-encoder", folder => Semblance.Generation.TextGenerator.Load(folder)),
        })
        {
            using var folder = new TemporaryFolder();
            if (fixture.Length > 0)
            {
                folder.With(Fixtures.Own("st/" + fixture));
            }

            var path = folder.Write(file, content);
            var message = Should.Throw<ModelFormatException>(() => load(folder.Path), fixture).Message;
            message.ShouldStartWith(path);
            message.ShouldContain(described, Case.Insensitive);
            message.ShouldContain("the folder has an adapter");
        }
    }

    [Fact]
    public void A_module_with_an_adapter_is_refused()
    {
        using var folder = new TemporaryFolder().With(Fixtures.Own("st/cls-dense"));
        var path = folder.Write("2_Dense/adapter_config.json", "{}");
        Should.Throw<ModelFormatException>(() => SentenceTransformer.Load(folder.Path)).Message.ShouldStartWith(path);
    }

    [Theory]
    [InlineData("cross-encoder", "CrossEncoder", "predict")]
    [InlineData("cross-encoder-nli", "CrossEncoder", "predict")]
    [InlineData("splade", "SparseEncoder", "encode")]
    public void A_model_of_another_kind_is_refused_by_name_with_the_command_to_use(string fixture, string type, string command)
    {
        var folder = Fixtures.Own("st/" + fixture);
        foreach (var load in (Action[])[() => SentenceTransformer.Load(folder), () => SentenceTransformer.LoadTrainable(folder), () => MultiVectorEncoder.Load(folder)])
        {
            var message = Should.Throw<ModelFormatException>(load).Message;
            message.ShouldStartWith(folder);
            message.ShouldContain(type);
            message.ShouldContain(command);
        }
    }

    [Theory]
    [InlineData("mean-normalize", "SentenceTransformer")]
    [InlineData("splade", "SparseEncoder")]
    public void What_makes_vectors_is_no_cross_encoder(string fixture, string type)
    {
        var message = Should.Throw<ModelFormatException>(() => CrossEncoder.Load(Fixtures.Own("st/" + fixture))).Message;
        message.ShouldContain($"with {type}");
    }

    [Theory]
    [InlineData("CrossEncoder", "CrossEncoder")]
    [InlineData("SparseEncoder", "SparseEncoder")]
    [InlineData("MultiVectorEncoder", "MultiVectorEncoder")]
    public void The_kind_that_a_file_names_is_believed(string modelType, string type)
    {
        using var folder = new TemporaryFolder().With(Fixtures.Own("st/mean-normalize"));
        JsonEdit.Set(folder.Of("config_sentence_transformers.json"), "model_type", $"\"{modelType}\"");
        Should.Throw<ModelFormatException>(() => SentenceTransformer.Load(folder.Path)).Message.ShouldContain($"load it with {type}");
    }

    [Fact]
    public void A_kind_that_nobody_knows_and_lengths_by_task_of_dense_vectors_are_refused()
    {
        using var folder = new TemporaryFolder().With(Fixtures.Own("st/mean-normalize"));
        JsonEdit.Set(folder.Of("sentence_bert_config.json"), "query_length", "8");
        Should.Throw<ModelFormatException>(() => SentenceTransformer.Load(folder.Path)).Message.ShouldContain("'query_length' is 8, which is not supported for this kind of model");
        JsonEdit.Set(folder.Of("config_sentence_transformers.json"), "model_type", "\"SparseEncodr\"");
        Should.Throw<ModelFormatException>(() => SentenceTransformer.Load(folder.Path)).Message.ShouldContain("'model_type' is 'SparseEncodr'");
    }

    [Fact]
    public void Modules_are_taken_in_the_order_of_the_file_as_the_original_takes_them()
    {
        using var folder = new TemporaryFolder().With(Fixtures.Own("st/cls-dense"));
        var expected = SentenceTransformer.Load(folder.Path).Encode("a man rides");
        JsonEdit.Set(folder.Of("modules.json"), "0.idx", "7");
        var model = SentenceTransformer.Load(folder.Path);
        model.Encode("a man rides").ShouldBe(expected);
        model.Warnings.ShouldHaveSingleItem().ShouldContain("'idx' of module 0 is 7; the modules are taken in the order of the file");
    }

    [Fact]
    public void A_cross_encoder_with_modules_of_another_kind_is_refused_and_a_transformer_is_read_from_its_own_folder()
    {
        using var folder = new TemporaryFolder();
        folder.Copy(Fixtures.Own("st/cross-encoder"), "0_Transformer");
        folder.Write("config_sentence_transformers.json", """{"model_type": "CrossEncoder"}""");
        folder.Write("modules.json", """[{"path": "0_Transformer", "type": "sentence_transformers.base.modules.transformer.Transformer"}]""");
        CrossEncoder.Load(folder.Path).Predict("a man rides", "a horse").ShouldBe(CrossEncoder.Load(Fixtures.Own("st/cross-encoder")).Predict("a man rides", "a horse"));
        var path = folder.Write("modules.json", """
            [{"path": "0_Transformer", "type": "sentence_transformers.base.modules.transformer.Transformer"}, {"path": "1_Dense", "type": "sentence_transformers.models.Dense"}]
            """);
        Should.Throw<ModelFormatException>(() => CrossEncoder.Load(folder.Path)).Message.ShouldStartWith($"{path}: found the modules Transformer, Dense, which are not supported");
    }

    [Theory]
    [InlineData("3", "'num_labels' is 3, but 'id2label' names 1 labels")]
    [InlineData("1", null)]
    public void A_number_of_labels_that_their_names_contradict_is_a_warning(string count, string? warning)
    {
        using var folder = new TemporaryFolder().With(Fixtures.Own("st/cross-encoder"));
        JsonEdit.Set(folder.Of("config.json"), "id2label", """{"0": "LABEL_0"}""");
        JsonEdit.Set(folder.Of("config.json"), "num_labels", count);
        string.Join(' ', CrossEncoder.Load(folder.Path).Warnings).ShouldContain(warning ?? "");
    }

    [Fact]
    public void A_body_alone_is_no_cross_encoder()
    {
        using var folder = new TemporaryFolder().With(Fixtures.Own("st/mean-normalize"));
        File.Delete(folder.Of("modules.json"));
        File.Delete(folder.Of("config_sentence_transformers.json"));
        Should.Throw<ModelFormatException>(() => CrossEncoder.Load(folder.Path)).ShouldName(folder.Of("config.json"), "BertModel", "ForSequenceClassification");
    }

    // As sentence-transformers 6: the mean, but the last token of a causal model whose class says so.
    [Theory]
    [InlineData("Qwen3Model", "{}", Pooling.Mean)]
    [InlineData("Qwen3ForCausalLM", "{}", Pooling.LastToken)]
    [InlineData("Qwen3ForCausalLM", """{"is_causal": true}""", Pooling.LastToken)]
    [InlineData("Qwen3ForCausalLM", """{"is_causal": false}""", Pooling.Mean)]
    public void A_folder_of_a_transformer_alone_is_pooled_as_the_original_does_and_says_so(string architecture, string settings, Pooling pooling)
    {
        using var folder = Plain("qwen3", architecture);
        foreach (var setting in JsonDocument.Parse(settings).RootElement.EnumerateObject())
        {
            JsonEdit.Set(folder.Of("config.json"), setting.Name, setting.Value.GetRawText());
        }

        var model = SentenceTransformer.Load(folder.Path);
        model.Modules[1].ShouldBeOfType<PoolingModule>().PoolingModes.ShouldBe([pooling]);
        model.Warnings.ShouldHaveSingleItem().ShouldContain(pooling == Pooling.Mean ? "the mean of their tokens" : "their last token");
        var tokens = model.EncodeTokens(["a man rides"])[0];
        var expected = pooling == Pooling.LastToken
            ? tokens.Row(tokens.Rows - 1).ToArray()
            : [.. Enumerable.Range(0, tokens.Columns).Select(column => Enumerable.Range(0, tokens.Rows).Average(row => tokens.Row(row)[column]))];
        var vector = model.Encode("a man rides");
        for (var i = 0; i < vector.Length; i++)
        {
            vector[i].ShouldBe(expected[i], 1e-5f);
        }
    }

    [Fact]
    public void Truncate_dim_cuts_vectors_unless_another_width_is_asked_for_and_is_saved()
    {
        using var folder = new TemporaryFolder().With(Fixtures.Own("st/mean-normalize"));
        var whole = SentenceTransformer.Load(folder.Path).Encode("a man rides");
        JsonEdit.Set(folder.Of("config_sentence_transformers.json"), "truncate_dim", "8");
        var model = SentenceTransformer.Load(folder.Path);
        (model.Dimension, model.FullDimension).ShouldBe((8, 32));
        model.Encode("a man rides").ShouldBe(whole[..8]);
        model.Encode("a man rides", new EncodeOptions { Dimensions = 32 }).ShouldBe(whole);
        using var saved = new TemporaryFolder();
        model.Save(saved.Path);
        SentenceTransformer.Load(saved.Path).Dimension.ShouldBe(8);
    }

    [Fact]
    public void A_default_prompt_that_has_no_text_yet_is_none()
    {
        using var folder = new TemporaryFolder().With(Fixtures.Own("st/mean-normalize"));
        var path = folder.Of("config_sentence_transformers.json");
        var expected = SentenceTransformer.Load(folder.Path).Encode("a man rides");
        JsonEdit.Set(path, "prompts", """{"query": null, "title": null}""");
        foreach (var name in (string[])["query", "document", "title"])
        {
            JsonEdit.Set(path, "default_prompt_name", $"\"{name}\"");
            SentenceTransformer.Load(folder.Path).Encode("a man rides").ShouldBe(expected);
        }

        JsonEdit.Set(path, "default_prompt_name", "\"passage\"");
        Should.Throw<ModelFormatException>(() => SentenceTransformer.Load(folder.Path)).Message.ShouldContain("'passage'");
    }

    [Fact]
    public void The_bundled_default_model_and_every_own_fixture_load_without_a_warning()
    {
        SentenceTransformer.LoadDefault().Warnings.ShouldBeEmpty();
        foreach (var folder in Directory.EnumerateDirectories(Fixtures.Own("st")).Where(folder => File.Exists(Path.Combine(folder, "modules.json"))))
        {
            var warnings = ModelKinds.Of(folder) switch
            {
                ModelKind.CrossEncoder => CrossEncoder.Load(folder).Warnings,
                ModelKind.SparseEncoder => SparseEncoder.Load(folder).Warnings,
                ModelKind.MultiVectorEncoder => MultiVectorEncoder.Load(folder).Warnings,
                _ => SentenceTransformer.Load(folder).Warnings,
            };
            warnings.ShouldBeEmpty(folder);
        }

        foreach (var folder in Directory.EnumerateDirectories(Fixtures.Own("models")).Where(folder => File.Exists(Path.Combine(folder, "config.json"))))
        {
            (Path.GetFileName(folder).StartsWith("clip", StringComparison.Ordinal) ? Transformers.Clip.ClipModel.Load(folder).Warnings : Transformers.Tasks.TaskModel.Load(folder).Warnings).ShouldBeEmpty(folder);
        }
    }

    // A transformer with a tokenizer of its own, and nothing else.
    private static TemporaryFolder Plain(string fixture, string architecture)
    {
        var folder = new TemporaryFolder();
        var body = Transformer.CreateRandom(fixture, new ModelSizes { VocabSize = 200, HiddenSize = 32, NumHiddenLayers = 2, NumAttentionHeads = 4, MaxPositionEmbeddings = 64 }, 1);
        body.Save(folder.Path);
        folder.Copy(Path.Combine(Fixtures.Own("st/mean-normalize"), "vocab.txt"), "vocab.txt");
        folder.Copy(Path.Combine(Fixtures.Own("st/mean-normalize"), "tokenizer_config.json"), "tokenizer_config.json");
        JsonEdit.Set(folder.Of("config.json"), "architectures", $"[\"{architecture}\"]");
        return folder;
    }
}
