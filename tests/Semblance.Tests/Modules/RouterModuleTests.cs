using System.Text.Json;
using Semblance.Modules;
using Semblance.Tensors;
using Semblance.Transformers;

namespace Semblance.Tests.Modules;

public class RouterModuleTests
{
    private static readonly string[] Texts = ["A man is riding a horse.", "food"];

    [Fact]
    public void Router_sends_questions_and_documents_through_modules_of_their_own()
    {
        var (query, document) = (Load("mean-normalize"), Load("prompts-excluded"));
        var model = new SentenceTransformer([RouterModule.ForQueryAndDocument(query.Modules, document.Modules)]);
        ShouldEqual(model.EncodeQuery(Texts), query.Encode(Texts));
        ShouldEqual(model.EncodeDocument(Texts), Plain(document).Encode(Texts));
        ShouldEqual(model.Encode(Texts), Plain(document).Encode(Texts));
        ShouldEqual(model.Encode(Texts, new EncodeOptions { Route = "query" }), query.Encode(Texts));
        Should.Throw<ArgumentException>(() => model.Encode(Texts, new EncodeOptions { Route = "title" })).Message.ShouldContain("query, document");
        using var run = new Computation();
        model.Forward(run, Texts, route: "query").Values.SequenceEqual(query.Forward(run, Texts).Values).ShouldBeTrue();
    }

    [Fact]
    public void Routes_may_come_after_what_they_share()
    {
        var shared = Load("mean-normalize");
        DenseModule Dense(float scale) => new(new Linear(Tensor.From([.. Enumerable.Range(0, 64).Select(i => i * scale / 64)], 2, 32), null), Activation.Tanh);
        var model = new SentenceTransformer([.. shared.Modules, RouterModule.ForQueryAndDocument([Dense(1)], [Dense(-2)])]);
        model.Dimension.ShouldBe(2);
        ShouldEqual(model.EncodeQuery(Texts), new SentenceTransformer([.. shared.Modules, Dense(1)]).Encode(Texts));
        ShouldEqual(model.EncodeDocument(Texts), new SentenceTransformer([.. shared.Modules, Dense(-2)]).Encode(Texts));
    }

    [Fact]
    public void Router_loads_again_with_the_same_bits_from_the_layout_of_the_original()
    {
        using var folder = new TemporaryFolder();
        var (query, document) = (Load("mean-normalize"), Load("multi-pool-layernorm"));
        var narrow = new DenseModule(new Linear(Tensor.From([.. Enumerable.Range(0, 96 * 32).Select(i => MathF.Sin(i))], 32, 96), null), Activation.Identity);
        var model = new SentenceTransformer([RouterModule.ForQueryAndDocument(query.Modules, [.. document.Modules, narrow])]);
        model.Save(folder.Path);
        using var config = JsonDocument.Parse(File.ReadAllText(folder.Of("router_config.json")));
        config.RootElement.GetProperty("structure").GetProperty("query")[1].GetString().ShouldBe("query_1_Pooling");
        config.RootElement.GetProperty("types").GetProperty("query_0_Transformer").GetString().ShouldBe("sentence_transformers.models.Transformer.Transformer");
        config.RootElement.GetProperty("parameters").GetProperty("default_route").GetString().ShouldBe("document");
        var again = SentenceTransformer.LoadTrainable(folder.Path);
        again.ToString().ShouldBe(model.ToString());
        ShouldEqual(again.EncodeQuery(Texts), model.EncodeQuery(Texts));
        ShouldEqual(again.EncodeDocument(Texts), model.EncodeDocument(Texts));
        again.Parameters().Select(parameter => parameter.Name).ShouldBe(model.Parameters().Select(parameter => parameter.Name));
        again.Parameters().Select(parameter => parameter.Name).ShouldContain("0.sub_modules.document.3.linear.weight");
    }

    [Fact]
    public void Asym_of_older_versions_is_a_router()
    {
        using var folder = new TemporaryFolder();
        folder.Copy(Fixtures.Own("st/mean-normalize"), "QRY-0");
        folder.Copy(Fixtures.Own("st/mean-normalize/1_Pooling"), "QRY-1");
        folder.Copy(Fixtures.Own("st/prompts-excluded"), "DOC-0");
        folder.Write("config.json", """
            {"types": {"QRY-0": "sentence_transformers.models.Transformer", "P": "sentence_transformers.models.Pooling.Pooling", "DOC-0": "sentence_transformers.models.Transformer"},
             "structure": {"QRY": ["QRY-0", "P"], "DOC": ["DOC-0", "P"]}, "parameters": {"allow_empty_key": true}}
            """);
        folder.Copy(Fixtures.Own("st/mean-normalize/1_Pooling"), "P");
        folder.Write("modules.json", """[{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Asym"}]""");
        var model = SentenceTransformer.Load(folder.Path);
        var query = new SentenceTransformer([.. Load("mean-normalize").Modules.Take(2)]);
        ShouldEqual(model.Encode(Texts), query.Encode(Texts)); // the first is the default
        var document = new SentenceTransformer([Load("prompts-excluded").Modules[0], query.Modules[1]]);
        ShouldEqual(model.Encode(Texts, new EncodeOptions { Route = "DOC" }), document.Encode(Texts));
        Should.Throw<ArgumentException>(() => model.EncodeQuery(Texts)).Message.ShouldContain("QRY, DOC");
    }

    [Theory]
    [InlineData("\"P\"", "\"../P\"", "leads out")]
    [InlineData("models.Pooling", "models.Pool", "not supported")]
    [InlineData("\"allow_empty_key\": true", "\"default_route\": \"X\"", "'X'")]
    [InlineData("\"structure\"", "\"structures\"", "structure")]
    public void Routes_that_lie_are_named(string old, string replacement, string named)
    {
        using var folder = new TemporaryFolder();
        folder.Copy(Fixtures.Own("st/mean-normalize"), "T");
        folder.Copy(Fixtures.Own("st/mean-normalize/1_Pooling"), "P");
        const string Config = """{"types": {"T": "sentence_transformers.models.Transformer", "P": "sentence_transformers.models.Pooling"}, "structure": {"a": ["T", "P"]}, "parameters": {"allow_empty_key": true}}""";
        folder.Write("router_config.json", Config.Replace(old, replacement, StringComparison.Ordinal));
        var fault = Should.Throw<ModelFormatException>(() => RouterModule.Load(folder.Path));
        fault.Message.ShouldContain(named);
        fault.Message.ShouldContain(folder.Path);
    }

    [Fact]
    public void Routers_that_cannot_work_say_so()
    {
        var (narrow, wide) = (Load("mean-normalize"), Load("multi-pool-layernorm"));
        Should.Throw<ArgumentException>(() => new SentenceTransformer([RouterModule.ForQueryAndDocument(narrow.Modules, wide.Modules)])).Message.ShouldContain("query 32, document 96");
        Should.Throw<ArgumentException>(() => new SentenceTransformer([RouterModule.ForQueryAndDocument([narrow.Modules[1]], narrow.Modules)]));
        Should.Throw<ArgumentException>(() => new RouterModule([]));
        Should.Throw<ArgumentException>(() => new RouterModule([new("a/b", narrow.Modules)]));
        var strict = new SentenceTransformer([new RouterModule([new("a", narrow.Modules)], allowsNone: false)]);
        Should.Throw<ArgumentException>(() => strict.Encode(Texts)).Message.ShouldContain("needs the route");
    }

    private static SentenceTransformer Load(string name) => SentenceTransformer.Load(Fixtures.Own("st/" + name));

    // Without the prompts of the model's own settings.
    private static SentenceTransformer Plain(SentenceTransformer model) => new(model.Modules);

    private static void ShouldEqual(Embeddings actual, Embeddings expected) => actual.Vectors.Values.SequenceEqual(expected.Vectors.Values).ShouldBeTrue();
}
