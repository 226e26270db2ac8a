using Grpc.Health.V1;
using Grpc.Reflection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Semblance.Server.Rpc;

/// <summary>
/// Adds the gRPC services of text-embeddings-inference with those for their health and their description, and the address at which they
/// answer.
/// </summary>
internal static class RpcEndpoints
{
    private const string UnknownStatus = "2";

    private static readonly TimeSpan HealthPeriod = TimeSpan.FromSeconds(5); // until a client that watches the health hears of a change

    private static readonly Google.Protobuf.Reflection.ServiceDescriptor[] Services =
        [Info.Descriptor, Embed.Descriptor, Predict.Descriptor, Rerank.Descriptor, Tokenize.Descriptor];

    /// <summary>Adds what the services need.</summary>
    public static void Add(IServiceCollection services)
    {
        services.AddGrpc(grpc => grpc.Interceptors.Add<RpcErrors>());
        services.AddSingleton(new ReflectionServiceImpl([.. Services, Health.Descriptor]));
        services.AddSingleton(new ReflectionV1ServiceImpl([.. Services, Health.Descriptor]));
        services.AddGrpcHealthChecks(health =>
        {
            health.Services.Clear();
            foreach (var name in Services.Select(service => service.FullName).Prepend("")) // "" is the server as a whole
            {
                health.Services.Map(name, check => check.Name == RpcHealth.Name);
            }
        }).AddCheck<RpcHealth>(RpcHealth.Name);
        services.Configure<HealthCheckPublisherOptions>(publisher => (publisher.Delay, publisher.Period) = (TimeSpan.Zero, HealthPeriod));
    }

    /// <summary>Maps the services.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        foreach (var service in (IEndpointConventionBuilder[])
            [routes.MapGrpcService<InfoService>(), routes.MapGrpcService<EmbedService>(), routes.MapGrpcService<PredictService>(),
            routes.MapGrpcService<RankingService>(), routes.MapGrpcService<TokenizeService>(),
            routes.MapGrpcService<ReflectionServiceImpl>(), routes.MapGrpcService<ReflectionV1ServiceImpl>(),
            routes.MapGrpcHealthChecksService().WithMetadata(OpenRoute.Instance)])
        {
            service.WithMetadata(RpcDialect.Instance);
            service.Add(endpoint => endpoint.RequestDelegate = NameDamage(endpoint.RequestDelegate!));
        }
    }

    // A request is read before interceptors run. RpcErrors describes every other failure, so UNKNOWN is that of a message that cannot be read.
    private static RequestDelegate NameDamage(RequestDelegate method) => async context =>
    {
        await method(context).ConfigureAwait(false);
        if (!context.Response.HasStarted && context.Response.Headers.GrpcStatus == UnknownStatus)
        {
            await RpcDialect.Instance.WriteAsync(context, RpcErrors.Damaged, StatusCodes.Status200OK).ConfigureAwait(false);
        }
    };

    /// <summary>
    /// Adds an address that speaks HTTP/2 alone, which clients of gRPC expect where no TLS negotiates it. Other addresses stay.
    /// </summary>
    /// <param name="configuration">The configuration, in which endpoints replace plain addresses.</param>
    /// <param name="url">The address.</param>
    public static void Listen(ConfigurationManager configuration, string url)
    {
        var addresses = configuration[WebHostDefaults.ServerUrlsKey]!.Split(';', StringSplitOptions.RemoveEmptyEntries);
        var endpoints = addresses.Index().Select(address => KeyValuePair.Create<string, string?>(
            FormattableString.Invariant($"Kestrel:Endpoints:Http{address.Index}:Url"), address.Item));
        configuration.AddInMemoryCollection(
            [.. endpoints, new("Kestrel:Endpoints:Rpc:Url", url), new("Kestrel:Endpoints:Rpc:Protocols", "Http2")]);
        configuration[WebHostDefaults.ServerUrlsKey] = ";"; // an empty list: else Kestrel warns that the endpoints replace it
    }
}
