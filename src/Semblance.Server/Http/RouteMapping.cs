using Microsoft.AspNetCore.Http.Metadata;

namespace Semblance.Server;

/// <summary>Maps routes with their dialect and with what the OpenAPI document says about them.</summary>
internal static class RouteMapping
{
    private static readonly string[] GetOrHead = ["GET", "HEAD"];
    private static readonly string[] Json = ["application/json"];

    /// <summary>Maps a route that takes a JSON body.</summary>
    /// <typeparam name="TRequest">The type of the body.</typeparam>
    /// <typeparam name="TResponse">The type of the answer.</typeparam>
    public static IEndpointConventionBuilder Post<TRequest, TResponse>(
        this IEndpointRouteBuilder routes, Dialect dialect, string path, string summary, RequestDelegate handle) =>
        routes.Send<TRequest, TResponse>("POST", dialect, path, summary, handle);

    /// <summary>Maps a route of a given method that takes a JSON body.</summary>
    /// <typeparam name="TRequest">The type of the body.</typeparam>
    /// <typeparam name="TResponse">The type of the answer.</typeparam>
    public static IEndpointConventionBuilder Send<TRequest, TResponse>(
        this IEndpointRouteBuilder routes, string method, Dialect dialect, string path, string summary, RequestDelegate handle) =>
        routes.MapMethods(path, [method], handle).Describe(dialect, summary, handle)
            .WithMetadata(new AcceptsMetadata(dialect.ContentTypes, typeof(TRequest)), new ProducesResponseTypeMetadata(200, typeof(TResponse), Json));

    /// <summary>Maps a route that returns JSON.</summary>
    /// <typeparam name="TResponse">The type of the answer.</typeparam>
    public static IEndpointConventionBuilder Get<TResponse>(
        this IEndpointRouteBuilder routes, Dialect dialect, string path, string summary, RequestDelegate handle) =>
        routes.MapMethods(path, GetOrHead, handle).Describe(dialect, summary, handle)
            .WithMetadata(new ProducesResponseTypeMetadata(200, typeof(TResponse), Json));

    /// <summary>Maps a route that deletes something.</summary>
    public static IEndpointConventionBuilder Delete(
        this IEndpointRouteBuilder routes, Dialect dialect, string path, string summary, RequestDelegate handle) =>
        routes.MapMethods(path, ["DELETE"], handle).Describe(dialect, summary, handle);

    /// <summary>Maps a route that returns text, or nothing, and needs no API key.</summary>
    public static IEndpointConventionBuilder GetOpen(
        this IEndpointRouteBuilder routes, Dialect dialect, string path, string summary, RequestDelegate handle) =>
        routes.MapMethods(path, GetOrHead, handle).Describe(dialect, summary, handle).WithMetadata(OpenRoute.Instance);

    // The method is what makes a route part of the document.
    private static IEndpointConventionBuilder Describe(
        this IEndpointConventionBuilder route, Dialect dialect, string summary, RequestDelegate handle) =>
        route.WithMetadata(dialect, handle.Method).WithTags(dialect.Name).WithSummary(summary);
}
