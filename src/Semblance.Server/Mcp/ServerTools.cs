using Semblance.Server.Collections;
using Semblance.Server.Inference;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance.Server.Mcp;

/// <summary>Provides the tools of the server: <c>embed</c>, <c>compare</c>, <c>rerank</c>, <c>collections</c>, <c>search</c>, <c>add</c>.</summary>
internal static class ServerTools
{
    private const int DefaultTopK = 10;

    /// <summary>Creates the tools.</summary>
    /// <param name="hasCollections"><see langword="true"/> if there are collections; otherwise, <see langword="false"/>.</param>
    public static IReadOnlyList<ServerTool> Create(bool hasCollections) =>
    [
        new(
            "embed",
            "Computes an embedding vector for each text. Similar texts have similar vectors.",
            """
            {"type":"object","properties":{"texts":{"type":"array","items":{"type":"string"}},
            "model":{"type":"string","description":"The name of the model; by default the first one"}},"required":["texts"]}
            """,
            isReadOnly: true,
            EmbedAsync),
        new(
            "compare",
            "Computes how similar in meaning texts are to a given text: cosine similarity, 1 for the same meaning, about 0 for unrelated ones.",
            """
            {"type":"object","properties":{"text":{"type":"string"},"texts":{"type":"array","items":{"type":"string"}}},
            "required":["text","texts"]}
            """,
            isReadOnly: true,
            CompareAsync),
        new(
            "rerank",
            "Orders texts by how well they answer a query, best first.",
            """
            {"type":"object","properties":{"query":{"type":"string"},"texts":{"type":"array","items":{"type":"string"}},
            "top_k":{"type":"integer","minimum":1}},"required":["query","texts"]}
            """,
            isReadOnly: true,
            RerankAsync),
        .. hasCollections ? CollectionTools() : [],
    ];

    private static ServerTool[] CollectionTools() =>
    [
        new(
            "collections", "Lists the collections of documents that can be searched.", """{"type":"object","properties":{}}""",
            isReadOnly: true,
            async (services, _, cancellationToken) => JsonSerializer.SerializeToElement(
                new CollectionList(
                    await services.GetRequiredService<CollectionStore>().NamesAsync(cancellationToken).ConfigureAwait(false)),
                McpJson.Default.CollectionList)),
        new(
            "search",
            "Searches a collection for the documents that answer a query, by meaning.",
            """
            {"type":"object","properties":{"collection":{"type":"string"},"query":{"type":"string"},
            "top_k":{"type":"integer","minimum":1,"description":"The maximum number of documents; 10 by default"},
            "hybrid":{"type":"boolean","description":"Also find documents by their words, such as names and numbers"},
            "rerank":{"type":"boolean","description":"Order the best documents again with a more accurate model"},
            "filter":{"type":"object","description":"Labels that documents must have, such as {\"language\":\"en\"}"}},
            "required":["collection","query"]}
            """,
            isReadOnly: true,
            SearchAsync),
        new(
            "add",
            "Adds documents to a collection, or replaces those with the same ids. They can be found at once.",
            """
            {"type":"object","properties":{"collection":{"type":"string"},"documents":{"type":"array","items":{"type":"object",
            "properties":{"id":{"type":["string","integer"]},"text":{"type":"string"},
            "metadata":{"type":"object","additionalProperties":{"type":"string"}}},"required":["id","text"]}}},
            "required":["collection","documents"]}
            """,
            isReadOnly: false,
            AddAsync),
    ];

    private static async Task<JsonElement> EmbedAsync(IServiceProvider services, JsonElement json, CancellationToken cancellationToken)
    {
        var arguments = Parse(json);
        var texts = Required(arguments.Texts, "texts");
        var query = new EmbedQuery(arguments.Model, InputList.Of(texts).Texts) { Normalize = true };
        var result = await services.GetRequiredService<EmbeddingService>().EmbedAsync(query, cancellationToken).ConfigureAwait(false);
        return JsonSerializer.SerializeToElement(result.Results, McpJson.Default.IReadOnlyListSingleArray);
    }

    private static async Task<JsonElement> CompareAsync(IServiceProvider services, JsonElement json, CancellationToken cancellationToken)
    {
        var arguments = Parse(json);
        var (text, texts) = (Required(arguments.Text, "text"), Required(arguments.Texts, "texts"));
        var query = new EmbedQuery(arguments.Model, InputList.Of([text, .. texts]).Texts) { Normalize = true };
        var result = await services.GetRequiredService<EmbeddingService>().EmbedAsync(query, cancellationToken).ConfigureAwait(false);
        ScoredText[] scores = [.. texts.Select((other, i) => new ScoredText(
            i, TensorPrimitives.CosineSimilarity<float>(result.Results[0], result.Results[i + 1]), other))];
        return JsonSerializer.SerializeToElement(scores, McpJson.Default.ScoredTextArray);
    }

    private static async Task<JsonElement> RerankAsync(IServiceProvider services, JsonElement json, CancellationToken cancellationToken)
    {
        var arguments = Parse(json);
        var (query, texts) = (Required(arguments.Query, "query"), Required(arguments.Texts, "texts"));
        var ranked = await services.GetRequiredService<RerankService>()
            .RankAsync(new RankQuery(arguments.Model, query, texts), arguments.TopK, cancellationToken).ConfigureAwait(false);
        ScoredText[] scores = [.. ranked.Results.Select(rank => new ScoredText(rank.Index, rank.Score, texts[rank.Index]))];
        return JsonSerializer.SerializeToElement(scores, McpJson.Default.ScoredTextArray);
    }

    private static async Task<JsonElement> SearchAsync(IServiceProvider services, JsonElement json, CancellationToken cancellationToken)
    {
        var arguments = Parse(json);
        var search = new CollectionSearch(Required(arguments.Query, "query"))
        {
            TopK = Math.Clamp(arguments.TopK ?? DefaultTopK, 1, DocumentRoutes.MaxTopK),
            Filter = arguments.Filter,
            Hybrid = arguments.Hybrid,
            Rerank = arguments.Rerank,
        };
        var collection = await CollectionAsync(services, arguments, cancellationToken).ConfigureAwait(false);
        var result = await collection.SearchAsync(search, cancellationToken).ConfigureAwait(false);
        return JsonSerializer.SerializeToElement([.. result.Results.Select(SearchItem.Of)], McpJson.Default.SearchItemArray);
    }

    private static async Task<JsonElement> AddAsync(IServiceProvider services, JsonElement json, CancellationToken cancellationToken)
    {
        var arguments = Parse(json);
        var documents = Required(arguments.Documents, "documents");
        var collection = await CollectionAsync(services, arguments, cancellationToken).ConfigureAwait(false);
        var (count, _) = await collection.UpsertAsync(DocumentBody.Records(documents), cancellationToken).ConfigureAwait(false);
        return JsonSerializer.SerializeToElement(new ChangeAnswer(count, null, null), McpJson.Default.ChangeAnswer);
    }

    private static Task<Collection> CollectionAsync(
        IServiceProvider services, ToolArguments arguments, CancellationToken cancellationToken) =>
        services.GetRequiredService<CollectionStore>().GetAsync(Required(arguments.Collection, "collection"), cancellationToken);

    private static ToolArguments Parse(JsonElement json) => json.Deserialize(McpJson.Default.ToolArguments)!;

    private static T Required<T>(T? value, string name)
        where T : class => value ?? throw RequestException.Validation($"The argument '{name}' is missing.", name);
}
