using Semblance.Modules;
using Semblance.Transformers;

namespace Semblance.Tests.Modules;

/// <summary>Which modules a text takes where a router has rules, in the order of sentence-transformers.</summary>
public class RouteMappingTests
{
    private static readonly string[] Texts = ["A man is riding a horse."];

    [Theory]
    [InlineData("""{"('query', 'text')": "document"}""", "query", "document")] // task and kind
    [InlineData("""{"('query', None)": "document", "(None, 'text')": "query"}""", "query", "document")] // then the task
    [InlineData("""{"(None, 'text')": "document", "(None, None)": "query"}""", "query", "document")] // then the kind
    [InlineData("""{"(None, None)": "document"}""", "query", "document")] // then any
    [InlineData("""{"('query', 'image')": "document", "(None, ('image', 'text'))": "document"}""", "query", "query")] // not for texts
    [InlineData("{}", "query", "query")] // the route of that name
    [InlineData("""{"(None, None)": "query"}""", null, "query")]
    [InlineData("{}", null, "document")] // the default
    [InlineData("""{"('title', None)": "query"}""", "title", "query")]
    public void A_text_takes_the_route_that_says_most_of_it(string mappings, string? task, string route)
    {
        using var folder = Saved(mappings);
        var model = SentenceTransformer.Load(folder.Path);
        model.Warnings.ShouldBeEmpty();
        var expected = Encode(new SentenceTransformer([.. ((RouterModule)model.Modules[0]).Routes.First(known => known.Key == route).Value]), null);
        Encode(model, task).ShouldBe(expected);
        using var again = new TemporaryFolder();
        model.Save(again.Path);
        Encode(SentenceTransformer.Load(again.Path), task).ShouldBe(expected);
    }

    [Theory]
    [InlineData("""{"query": "document"}""", "'route_mappings' has 'query'")]
    [InlineData("""{"('query', None)": 3}""", "'route_mappings' has '('query', None)': 3")]
    [InlineData("""{"('query', None)": "title"}""", "to 'title', which is not among the routes query, document")]
    public void A_rule_that_leads_nowhere_is_refused(string mappings, string problem)
    {
        using var folder = Saved(mappings);
        Should.Throw<ModelFormatException>(() => SentenceTransformer.Load(folder.Path)).Message.ShouldContain(problem);
    }

    private static TemporaryFolder Saved(string mappings)
    {
        var folder = new TemporaryFolder();
        IReadOnlyList<Module> Modules(string fixture) => SentenceTransformer.Load(Fixtures.Own("st/" + fixture)).Modules;
        new SentenceTransformer([RouterModule.ForQueryAndDocument(Modules("mean-normalize"), [.. Modules("mean-normalize").Take(2)])]).Save(folder.Path);
        JsonEdit.Set(folder.Of("router_config.json"), "parameters.route_mappings", mappings);
        return folder;
    }

    private static float[] Encode(SentenceTransformer model, string? task) => model.Encode(Texts, new EncodeOptions { Route = task })[0].ToArray();
}
