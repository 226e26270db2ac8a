using Semblance.Server.OpenAI;

namespace Semblance.Server.Collections;

/// <summary>Represents the routes of the documents of a collection: upsert, read, delete, search.</summary>
internal static class DocumentRoutes
{
    /// <summary>The largest number of documents of a search.</summary>
    public const int MaxTopK = 10_000;

    private const int DefaultTopK = 10;

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        var dialect = SemblanceDialect.Instance;
        const string Documents = CollectionRoutes.Path + "/documents";
        routes.Post<UpsertBody, ChangeAnswer>(dialect, Documents, "Adds documents, or replaces those with the same ids", UpsertAsync);
        routes.Get<DocumentBody>(dialect, Documents + "/{id}", "Returns a document", GetAsync);
        routes.Post<DeleteBody, ChangeAnswer>(dialect, Documents + "/delete", "Deletes documents", DeleteAsync);
        routes.Post<SearchBody, SearchAnswer>(dialect, CollectionRoutes.Path + "/search", "Searches for documents", SearchAsync);
    }

    private static async Task UpsertAsync(HttpContext context)
    {
        var body = await JsonBody.ReadAsync(context, CollectionsJson.Default.UpsertBody).ConfigureAwait(false);
        var records = DocumentBody.Records(body.Documents);
        var collection = await CollectionRoutes.CollectionAsync(context).ConfigureAwait(false);
        var (count, usage) = await collection.UpsertAsync(records, context.RequestAborted).ConfigureAwait(false);
        var answer = new ChangeAnswer(
            count,
            usage is null ? null : new TokenUsage(usage.Tokens, usage.Tokens),
            usage is { Truncated.Count: > 0 } ? usage.Truncated : null);
        await JsonBody.WriteAsync(context, answer, CollectionsJson.Default.ChangeAnswer).ConfigureAwait(false);
    }

    private static async Task GetAsync(HttpContext context)
    {
        var collection = await CollectionRoutes.CollectionAsync(context).ConfigureAwait(false);
        var text = (string)context.Request.RouteValues["id"]!;
        var record = await collection.Index.GetAsync(new VectorId(text), context.RequestAborted).ConfigureAwait(false)
            ?? (long.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var number)
                ? await collection.Index.GetAsync(number, context.RequestAborted).ConfigureAwait(false)
                : null)
            ?? throw new RequestException(new ServerError(ErrorKind.NotFound, $"There is no document '{text}'."));
        await JsonBody.WriteAsync(
            context, new DocumentBody { Id = record.Id, Text = record.Text ?? "", Metadata = record.Metadata },
            CollectionsJson.Default.DocumentBody).ConfigureAwait(false);
    }

    private static async Task DeleteAsync(HttpContext context)
    {
        var body = await JsonBody.ReadAsync(context, CollectionsJson.Default.DeleteBody).ConfigureAwait(false);
        var collection = await CollectionRoutes.CollectionAsync(context).ConfigureAwait(false);
        var count = await collection.DeleteAsync(body.Ids, context.RequestAborted).ConfigureAwait(false);
        await JsonBody.WriteAsync(context, new ChangeAnswer(count, null, null), CollectionsJson.Default.ChangeAnswer).ConfigureAwait(false);
    }

    private static async Task SearchAsync(HttpContext context)
    {
        var body = await JsonBody.ReadAsync(context, CollectionsJson.Default.SearchBody).ConfigureAwait(false);
        var topK = body.TopK ?? DefaultTopK;
        if (topK is < 1 or > MaxTopK)
        {
            throw RequestException.Validation($"`top_k` is {topK}; it must be from 1 to {MaxTopK}.", "top_k");
        }

        var search = new CollectionSearch(body.Query)
        {
            TopK = topK,
            Filter = body.Filter is { ValueKind: not JsonValueKind.Null } filter ? filter : null,
            Hybrid = body.Hybrid,
            Rerank = body.Rerank || body.RerankModel is not null,
            RerankModel = body.RerankModel,
            MinScore = body.MinScore,
        };
        var collection = await CollectionRoutes.CollectionAsync(context).ConfigureAwait(false);
        var result = await collection.SearchAsync(search, context.RequestAborted).ConfigureAwait(false);
        UsageHeaders.Write(context, result.Usage);
        var answer = new SearchAnswer(
            [.. result.Results.Select(SearchItem.Of)],
            new TokenUsage(result.Usage.Tokens, result.Usage.Tokens));
        await JsonBody.WriteAsync(context, answer, CollectionsJson.Default.SearchAnswer).ConfigureAwait(false);
    }
}
