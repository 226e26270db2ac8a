namespace Semblance.Server.Collections;

/// <summary>Represents the routes of collections as a whole: list, create, describe, delete.</summary>
internal static class CollectionRoutes
{
    /// <summary>The path of a collection.</summary>
    public const string Path = "/v1/collections/{name}";

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        var dialect = SemblanceDialect.Instance;
        routes.Get<CollectionList>(dialect, "/v1/collections", "Lists the collections", ListAsync);
        routes.Get<CollectionInfo>(dialect, Path, "Describes a collection", DescribeAsync);
        routes.Send<CreateBody, CollectionInfo>("PUT", dialect, Path, "Creates an empty collection", CreateAsync);
        routes.Delete(dialect, Path, "Deletes a collection with its documents", DeleteAsync);
    }

    /// <summary>Returns the collection that a path names.</summary>
    public static Task<Collection> CollectionAsync(HttpContext context) => Store(context).GetAsync(Name(context), context.RequestAborted);

    private static async Task ListAsync(HttpContext context) => await JsonBody.WriteAsync(
        context, new CollectionList(await Store(context).NamesAsync(context.RequestAborted).ConfigureAwait(false)),
        CollectionsJson.Default.CollectionList).ConfigureAwait(false);

    private static async Task DescribeAsync(HttpContext context) =>
        await WriteAsync(context, await CollectionAsync(context).ConfigureAwait(false)).ConfigureAwait(false);

    private static async Task WriteAsync(HttpContext context, Collection collection) => await JsonBody.WriteAsync(
        context, await CollectionInfo.OfAsync(collection, context.RequestAborted).ConfigureAwait(false),
        CollectionsJson.Default.CollectionInfo).ConfigureAwait(false);

    private static async Task CreateAsync(HttpContext context)
    {
        var body = await JsonBody.ReadAsync(context, CollectionsJson.Default.CreateBody).ConfigureAwait(false);
        var documents = new EncodeOptions
        {
            Truncation = OneOf(body.Truncation, "truncation", Truncation.Cut, Truncation.Chunk),
            ChunkSize = body.ChunkSize,
            ChunkOverlap = body.ChunkOverlap ?? 0,
        };
        var index = new HnswOptions
        {
            Precision = OneOf(body.Precision, "precision", Precision.Float32, Precision.Int8, Precision.Binary),
        };
        var collection = await Store(context).CreateAsync(Name(context), body.Model, documents, index, context.RequestAborted)
            .ConfigureAwait(false);
        context.Response.StatusCode = StatusCodes.Status201Created;
        await WriteAsync(context, collection).ConfigureAwait(false);
    }

    private static async Task DeleteAsync(HttpContext context)
    {
        await Store(context).DeleteAsync(Name(context), context.RequestAborted).ConfigureAwait(false);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static T OneOf<T>(string? name, string member, params T[] values)
        where T : struct, Enum => name is null ? values[0]
        : Array.FindIndex(values, value => value.ToString().Equals(name, StringComparison.OrdinalIgnoreCase)) is >= 0 and var found
            ? values[found]
            : throw RequestException.Validation(
                $"`{member}` is '{name}'; it can be {string.Join(", ", values.Select(value => value.ToString().ToLowerInvariant()))}.", member);

    private static CollectionStore Store(HttpContext context) => context.RequestServices.GetRequiredService<CollectionStore>();

    private static string Name(HttpContext context) => (string)context.Request.RouteValues["name"]!;
}
