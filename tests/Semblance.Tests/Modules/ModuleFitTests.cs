using Semblance.Checkpoints;
using Semblance.Modules;
using Semblance.Tensors;
using Semblance.Transformers;

namespace Semblance.Tests.Modules;

/// <summary>Modules that cannot work together are found when a model is loaded.</summary>
public class ModuleFitTests
{
    [Fact]
    public void A_layer_that_takes_other_vectors_than_it_gets_is_found_at_load_with_all_that_is_wrong()
    {
        using var folder = new TemporaryFolder().With(Fixtures.Own("st/cls-dense"));
        JsonEdit.Set(folder.Of("1_Pooling/config.json"), "pooling_mode_max_tokens", "true");
        var message = Should.Throw<ModelFormatException>(() => SentenceTransformer.Load(folder.Path)).Message;
        message.ShouldStartWith(folder.Of("modules.json"));
        message.ShouldContain("module 2, Dense, takes vectors of 32 elements, but gets 64");
    }

    [Fact]
    public void A_second_pooling_begins_with_the_token_vectors_again()
    {
        using var folder = new TemporaryFolder().With(Fixtures.Own("st/mean-normalize"));
        var once = SentenceTransformer.Load(folder.Path);
        SentenceTransformer twice = new([once.Modules[0], new PoolingModule(32, [Pooling.Max, Pooling.Mean]), .. once.Modules.Skip(1)], once.Config);
        twice.Dimension.ShouldBe(once.Dimension);
        twice.Encode("hello").ShouldBe(once.Encode("hello"));
    }

    [Fact]
    public void A_sparse_encoder_without_a_module_that_pools_is_refused_at_load()
    {
        using var folder = new TemporaryFolder().With(Fixtures.Own("st/splade"));
        var modules = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(folder.Of("modules.json")))!.AsArray();
        modules.RemoveAt(1);
        folder.Write("modules.json", modules.ToJsonString());
        Should.Throw<ModelFormatException>(() => SparseEncoder.Load(folder.Path)).Message.ShouldContain("SpladePooling");
    }

    [Fact]
    public void Weights_that_are_missing_in_two_modules_are_named_in_one_message()
    {
        using var folder = new TemporaryFolder().With(Fixtures.Own("st/cls-dense"));
        JsonEdit.Set(folder.Of("config.json"), "intermediate_size", "65");
        JsonEdit.Set(folder.Of("2_Dense/config.json"), "out_features", "7");
        var message = Should.Throw<ModelFormatException>(() => SentenceTransformer.Load(folder.Path)).Message;
        message.ShouldContain("'encoder.layer.0.intermediate.dense.weight' is [64, 32]");
        message.ShouldContain("'linear.weight' is [");
    }

    [Theory]
    [InlineData("""[{"path": "", "type": "sentence_transformers.models.Transformer"}, {"path": "2_Dense", "type": "sentence_transformers.models.Dense"}]""", "module 1, Dense, works on the vector of a text, but there is no pooling before it")]
    [InlineData("""[{"path": "", "type": "sentence_transformers.models.Transformer"}, {"path": "9_Normalize", "type": "sentence_transformers.models.Normalize"}]""", "module 1, Normalize, works on the vector of a text, but there is no pooling")]
    public void Modules_in_an_order_that_cannot_work_are_found_at_load(string modules, string problem)
    {
        using var folder = new TemporaryFolder().With(Fixtures.Own("st/cls-dense"));
        folder.Write("modules.json", modules);
        Should.Throw<ModelFormatException>(() => SentenceTransformer.Load(folder.Path)).Message.ShouldContain(problem);
    }

    [Theory]
    [InlineData("Transformer", "", "module 1, Transformer, takes texts, but they are ids already")]
    [InlineData("BoW", "9_BoW", "module 1, BoW, takes texts, but they are ids already")]
    [InlineData("WeightedLayerPooling", "8_Layers", "module 1, WeightedLayerPooling, weighs 2 layers, but there is no transformer before it")]
    public void A_module_behind_another_that_it_cannot_work_with_is_found_at_load(string type, string path, string problem)
    {
        using var folder = new TemporaryFolder().With(Fixtures.Own("st/cls-dense"));
        Directory.CreateDirectory(folder.Of("9_BoW"));
        folder.Write("9_BoW/config.json", """{"vocab": ["a"]}""");
        new WordEmbeddingsModule(new Semblance.Words.WhitespaceTokenizer(["a", "b"]), Tensor.Zeros(2, 32)).Save(Directory.CreateDirectory(folder.Of("7_Words")).FullName);
        var layers = Directory.CreateDirectory(folder.Of("8_Layers")).FullName;
        folder.Write("8_Layers/config.json", """{"word_embedding_dimension": 32, "layer_start": 1, "num_hidden_layers": 2}""");
        var writer = new SafetensorsWriter();
        writer.Add("layer_weights", Tensor.From([1f, 1], 2));
        writer.Save(Path.Combine(layers, "model.safetensors"));
        var first = type == "WeightedLayerPooling" ? """{"path": "7_Words", "type": "sentence_transformers.models.WordEmbeddings"}""" : """{"path": "", "type": "sentence_transformers.models.Transformer"}""";
        folder.Write("modules.json", $$"""[{{first}}, {"path": "{{path}}", "type": "sentence_transformers.models.{{type}}"}]""");
        Should.Throw<ModelFormatException>(() => SentenceTransformer.Load(folder.Path)).Message.ShouldContain(problem);
    }

    [Fact]
    public void More_modules_than_a_model_can_have_are_refused()
    {
        using var folder = new TemporaryFolder().With(Fixtures.Own("st/mean-normalize"));
        var normalize = string.Concat(Enumerable.Repeat(""", {"path": "2_Normalize", "type": "sentence_transformers.models.Normalize"}""", 1000));
        folder.Write("modules.json", $$"""[{"path": "", "type": "sentence_transformers.models.Transformer"}{{normalize}}]""");
        Should.Throw<ModelFormatException>(() => SentenceTransformer.Load(folder.Path)).Message.ShouldContain("found 1001 modules; a model has at most 256");
    }

    [Fact]
    public void Routers_in_routers_do_not_multiply_modules()
    {
        using var folder = new TemporaryFolder().With(Fixtures.Own("st/mean-normalize"));
        var place = "";
        foreach (var name in (string[])["r", "r/r", "r/r/r"])
        {
            Directory.CreateDirectory(folder.Of(name));
            string[] ids = [.. Enumerable.Range(0, 50).Select(i => $"\"r{new string('/', i)}\"")]; // one folder by many names
            var type = $"\"sentence_transformers.models.{(name == "r/r/r" ? "Normalize" : "Router")}\"";
            folder.Write($"{name}/router_config.json", $$"""{"types": { {{string.Join(", ", ids.Select(id => $"{id}: {type}"))}} }, "structure": {"query": [{{string.Join(", ", ids)}}]} }""");
            place = name;
        }

        Directory.CreateDirectory(folder.Of($"{place}/r"));
        folder.Write("modules.json", """[{"path": "", "type": "sentence_transformers.models.Transformer"}, {"path": "r", "type": "sentence_transformers.models.Router"}]""");
        Should.Throw<ModelFormatException>(() => SentenceTransformer.Load(folder.Path)).Message.ShouldContain("a model has at most 256");
    }

    [Fact]
    public void A_layer_on_token_vectors_behind_the_pooling_changes_no_vector_of_a_text()
    {
        using var folder = new TemporaryFolder().With(Fixtures.Own("st/cls-dense"));
        JsonEdit.Set(folder.Of("2_Dense/config.json"), "module_input_name", "\"token_embeddings\"");
        var model = SentenceTransformer.Load(folder.Path);
        var modules = model.Modules.Take(2).ToArray(); // without the layer, which makes 24 of 32 elements
        model.Dimension.ShouldBe(32);
        model.Encode("a man rides").ShouldBe(new SentenceTransformer(modules).Encode("a man rides"));
    }

    [Fact]
    public void A_width_that_the_original_writes_and_does_not_use_is_a_warning()
    {
        using var folder = new TemporaryFolder().With(Fixtures.Own("st/mean-normalize"));
        var before = SentenceTransformer.Load(folder.Path).Encode("a man rides");
        JsonEdit.Set(folder.Of("1_Pooling/config.json"), "word_embedding_dimension", "768");
        var model = SentenceTransformer.Load(folder.Path);
        model.Warnings.ShouldHaveSingleItem().ShouldContain("module 1, Pooling, declares vectors of 768 elements but gets 32");
        model.Dimension.ShouldBe(32);
        model.Encode("a man rides").ShouldBe(before);
    }

    [Fact]
    public void Weights_that_are_not_finite_are_found_at_load()
    {
        using var folder = new TemporaryFolder().With(Fixtures.Own("st/cls-dense"));
        var file = folder.Of("2_Dense/model.safetensors");
        var writer = new SafetensorsWriter();
        foreach (var (name, _, _) in Checkpoint.Open(folder.Of("2_Dense")).Tensors.Select(tensor => (tensor.Name, 0, 0)).ToArray())
        {
            var tensor = Checkpoint.Open(folder.Of("2_Dense")).Read(name);
            var values = tensor.Values.ToArray();
            values[0] = name == "linear.bias" ? float.NaN : values[0];
            writer.Add(name, Tensor.From(values, tensor.Shape), DType.F32);
        }

        using var other = new TemporaryFolder();
        writer.Save(other.Of("model.safetensors"));
        File.Delete(file);
        File.Copy(other.Of("model.safetensors"), file);
        Should.Throw<ModelFormatException>(() => SentenceTransformer.Load(folder.Path)).Message.ShouldContain("'linear.bias' has a value that is not finite");
    }

    [Theory]
    [InlineData("""{"types": {"": "sentence_transformers.models.Router"}, "structure": {"query": [""]}}""", "the router's own folder")]
    [InlineData("""{"types": {".": "sentence_transformers.models.Router"}, "structure": {"query": ["."]}}""", "the router's own folder")]
    [InlineData("""{"types": {"a/..": "sentence_transformers.models.Router"}, "structure": {"query": ["a/.."]}}""", "leads out of the model's folder")]
    [InlineData("""{"types": {"/tmp": "sentence_transformers.models.Router"}, "structure": {"query": ["/tmp"]}}""", "leads out of the model's folder")]
    public void A_router_that_names_itself_or_another_model_is_refused(string router, string problem)
    {
        using var folder = new TemporaryFolder();
        folder.Write("modules.json", """[{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Router"}]""");
        var file = folder.Write("router_config.json", router);
        var message = Should.Throw<ModelFormatException>(() => SentenceTransformer.Load(folder.Path)).Message;
        message.ShouldStartWith(file);
        message.ShouldContain(problem);
    }

    [Fact]
    public void Routers_in_routers_end_at_a_documented_depth()
    {
        using var folder = new TemporaryFolder();
        folder.Write("modules.json", """[{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Router"}]""");
        for (var (depth, path) = (0, ""); depth < 6; depth++, path += "a/")
        {
            folder.Write(path + "router_config.json", """{"types": {"a": "sentence_transformers.models.Router"}, "structure": {"query": ["a"]}}""");
        }

        Should.Throw<ModelFormatException>(() => SentenceTransformer.Load(folder.Path)).Message.ShouldContain("routers are nested more than 4 deep");
    }

    [Fact]
    public void A_link_out_of_the_folder_is_refused_and_one_within_it_is_followed()
    {
        using var outside = new TemporaryFolder().With(Fixtures.Own("st/mean-normalize/1_Pooling"));
        using var folder = new TemporaryFolder().With(Fixtures.Own("st/mean-normalize"));
        Directory.Move(folder.Of("1_Pooling"), folder.Of("pooling"));
        Directory.CreateSymbolicLink(folder.Of("1_Pooling"), "pooling");
        SentenceTransformer.Load(folder.Path).Dimension.ShouldBe(32);
        Directory.Delete(folder.Of("1_Pooling"));
        Directory.CreateSymbolicLink(folder.Of("1_Pooling"), outside.Path);
        Should.Throw<ModelFormatException>(() => SentenceTransformer.Load(folder.Path)).Message.ShouldContain("'1_Pooling' is a link that leads out of the model's folder");
    }
}
