using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Console;
using Semblance.Server.Batching;
using Semblance.Server.Collections;
using Semblance.Server.Inference;
using Semblance.Server.Mcp;
using Semblance.Server.Models;
using Semblance.Server.Observability;
using Semblance.Server.Rpc;
using Semblance.Tensors;

namespace Semblance.Server;

/// <summary>
/// Provides the server: <see cref="Create"/> for a program of its own, or <see cref="AddSemblanceServer"/> and
/// <see cref="MapSemblanceServer"/> for an ASP.NET Core application that exists.
/// </summary>
/// <example><code>
/// await using var server = SemblanceServer.Create(new ServerOptions { Models = [ServedModel.Default] });
/// await server.RunAsync();
/// </code></example>
public static class SemblanceServer
{
    /// <summary>The address that <see cref="Create"/> listens to unless the configuration names others.</summary>
    public const string DefaultUrl = "http://localhost:8080";

    // A request is refused at once if it would probably take longer than this part of its deadline.
    private const double DeadlineShare = 0.5;

    /// <summary>Creates a server. Addresses, certificates and log levels are those of ASP.NET Core's configuration.</summary>
    /// <param name="options">The models and the limits; null for the defaults.</param>
    /// <param name="arguments">Arguments for ASP.NET Core's configuration, such as <c>--urls=http://*:80</c>.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such model.</exception>
    public static WebApplication Create(ServerOptions? options = null, params string[] arguments)
    {
        var builder = WebApplication.CreateSlimBuilder(arguments);
        builder.WebHost.UseKestrelHttpsConfiguration();
        if (string.IsNullOrEmpty(builder.Configuration[WebHostDefaults.ServerUrlsKey]))
        {
            builder.WebHost.UseUrls(DefaultUrl);
        }

        if (options?.GrpcUrl is { } grpc)
        {
            RpcEndpoints.Listen(builder.Configuration, grpc);
        }

        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.Logging.AddFilter("Grpc", LogLevel.None); // faults of clients; those of the server are in its own log
        builder.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None); // a model that is being loaded is no error
        builder.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.AddSemblanceServer(options);
        ApiDocument.Add(builder.Services);
        Telemetry.Add(builder.Services, builder.Configuration);
        var app = builder.Build();
        app.UseSemblanceServer();
        app.MapSemblanceServer();
        ApiDocument.Map(app);
        return app;
    }

    /// <summary>
    /// Offers the tools of the server to language models by the Model Context Protocol over streams, until the input ends. The log goes to
    /// standard error.
    /// </summary>
    /// <param name="options">The models and the folder of collections; null for the defaults.</param>
    /// <param name="input">The stream of requests, such as standard input.</param>
    /// <param name="output">The stream of answers, such as standard output.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    public static async Task RunMcpAsync(
        ServerOptions? options, Stream input, Stream output, CancellationToken cancellationToken = default)
    {
        options ??= new ServerOptions();
        var services = new ServiceCollection()
            .AddLogging(log => log.AddSimpleConsole().SetMinimumLevel(LogLevel.Warning))
            .Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace)
            .AddSemblanceServer(options)
            .BuildServiceProvider();
        await using (services.ConfigureAwait(false))
        {
            await McpEndpoint.RunAsync(services, options, input, output, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Adds the services of the server.</summary>
    /// <param name="services">The services.</param>
    /// <param name="options">The models and the limits; null for the defaults.</param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection AddSemblanceServer(this IServiceCollection services, ServerOptions? options = null)
    {
        options ??= new ServerOptions();
        services.Configure<KestrelServerOptions>(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = options.MaxBodySize;
            kestrel.AddServerHeader = false;
        });
        services.Configure<HostOptions>(host => host.ShutdownTimeout = options.ShutdownTimeout);
        services.AddSingleton(options);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<Draining>();
        services.AddSingleton<SocketTransportFactory>();
        services.AddSingleton<IConnectionListenerFactory, DrainingListeners>();
        services.AddSingleton<ApiKeys>();
        services.AddSingleton<ServerMetrics>();
        services.AddSingleton(provider => new PrometheusText(provider.GetRequiredService<ServerMetrics>().Meter));
        services.AddSingleton(provider => new ModelHost(
            options, provider.GetRequiredService<ILogger<ModelHost>>(), provider.GetRequiredService<ServerMetrics>()));
        services.AddSingleton(provider => CreateBatcher(options, provider.GetRequiredService<ServerMetrics>()));
        services.AddSingleton<TextBatches>();
        services.AddSingleton<EmbeddingService>();
        services.AddSingleton<RerankService>();
        services.AddSingleton<TaskService>();
        services.AddSingleton<CollectionServices>();
        services.AddSingleton<CollectionStore>();
        McpEndpoint.Add(services, options);
        if (options.GrpcUrl is not null)
        {
            RpcEndpoints.Add(services);
        }

        services.AddHostedService<WarmUp>();
        services.AddCors(cors => cors.AddDefaultPolicy(policy => policy
            .WithOrigins([.. options.CorsOrigins]).WithMethods("GET", "POST", "PUT", "DELETE").AllowAnyHeader()));
        return services;
    }

    /// <summary>Adds errors in the shape of each dialect, deadlines, API keys and CORS to the pipeline.</summary>
    /// <param name="app">The application.</param>
    /// <returns><paramref name="app"/>.</returns>
    public static IApplicationBuilder UseSemblanceServer(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.ApplicationServices.GetRequiredService<PrometheusText>();
        app.UseMiddleware<RequestMiddleware>();
        app.UseMiddleware<ErrorMiddleware>();
        app.UseRouting();
        if (app.ApplicationServices.GetRequiredService<ServerOptions>().CorsOrigins.Count > 0)
        {
            app.UseCors();
        }

        app.UseMiddleware<ApiKeyMiddleware>();
        return app;
    }

    /// <summary>Maps the routes of all dialects.</summary>
    /// <param name="routes">The routes.</param>
    /// <returns><paramref name="routes"/>.</returns>
    public static IEndpointRouteBuilder MapSemblanceServer(this IEndpointRouteBuilder routes)
    {
        HealthRoutes.Map(routes);
        OpenAI.EmbeddingsRoute.Map(routes);
        OpenAI.ModelsRoute.Map(routes);
        TextEmbeddingsInference.EmbedRoutes.Map(routes);
        TextEmbeddingsInference.RankingRoutes.Map(routes);
        TextEmbeddingsInference.TokenizeRoutes.Map(routes);
        Tokenizing.TokenIdRoutes.Map(routes);
        TextEmbeddingsInference.InfoRoute.Map(routes);
        TextEmbeddingsInference.TaskRoutes.Map(routes);
        Reranking.RerankRoutes.Map(routes);
        Reranking.ScoreRoutes.Map(routes);
        Cohere.EmbedRoute.Map(routes);
        Cohere.RerankRoute.Map(routes);
        Ollama.EmbedRoutes.Map(routes);
        Ollama.ModelRoutes.Map(routes);
        Tasks.ClassifyRoute.Map(routes);
        Tasks.TagRoute.Map(routes);
        Tasks.AnswerRoute.Map(routes);
        CollectionRoutes.Map(routes);
        DocumentRoutes.Map(routes);
        Page.PageRoutes.Map(routes);
        Page.MapRoute.Map(routes);
        McpEndpoint.Map(routes);
        if (routes.ServiceProvider.GetRequiredService<ServerOptions>().GrpcUrl is not null)
        {
            RpcEndpoints.Map(routes);
        }

        return routes;
    }

    private static Batcher CreateBatcher(ServerOptions options, ServerMetrics metrics)
    {
        var batcher = new Batcher(
            new BatcherOptions
            {
                BatchTokens = options.BatchTokens,
                MaxQueuedTokens = options.MaxQueuedTokens,
                MaxWait = options.Deadline > TimeSpan.Zero ? options.Deadline * DeadlineShare : TimeSpan.MaxValue,
                Threads = Math.Min(options.MaxThreads ?? int.MaxValue, Workers.Shared.Count),
            },
            metrics);
        metrics.Observe("semblance.queue.tokens", "{token}", "The number of accepted tokens not yet computed", () => batcher.QueuedTokens);
        metrics.Observe("semblance.queue.requests", "{request}", "The number of waiting requests", () => batcher.WaitingRequests);
        return batcher;
    }
}
