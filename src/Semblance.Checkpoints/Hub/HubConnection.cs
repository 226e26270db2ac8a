using System.Net;
using System.Net.Http.Headers;

namespace Semblance.Checkpoints;

/// <summary>
/// Requests to the Hub: redirects are followed here, so that the token goes to the Hub's own host only; faults become
/// <see cref="HubException"/>; transient ones are tried again.
/// </summary>
internal sealed class HubConnection(HubOptions options, HttpClient http)
{
    private const int MaxRedirects = 8;
    private const long LeastProgress = 1 << 14; // or a server that sends a byte for each request would be asked for ever
    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(60);

    /// <summary>Runs an action until it succeeds or has failed too often without progress.</summary>
    /// <param name="action">What to do; may throw <see cref="HubException"/>.</param>
    /// <param name="attempts">How often to try.</param>
    /// <param name="progress">A number that grows with progress, which begins the count anew.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public async Task<T> RetryAsync<T>(Func<Task<T>> action, int attempts, Func<long> progress, CancellationToken cancellation)
    {
        var furthest = progress();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await action().ConfigureAwait(false);
            }
            catch (HubException error) when (error.IsTransient && (attempt < attempts || progress() >= furthest + LeastProgress))
            {
                (attempt, furthest) = progress() >= furthest + LeastProgress ? (1, progress()) : (attempt, furthest);
                var delay = error.RetryAfter ?? TimeSpan.FromSeconds(Math.Pow(2, Math.Min(attempt, 6) - 1));
                await options.Delay(delay < MaxDelay ? delay : MaxDelay, cancellation).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Sends one request and follows its redirects.</summary>
    /// <param name="method">GET or HEAD; HEAD follows redirects on the same host only, for the Hub's answer is what counts.</param>
    /// <param name="uri">The address.</param>
    /// <param name="from">The first byte wanted of the body.</param>
    /// <param name="what">What is asked for, for messages.</param>
    /// <param name="cancellation">Ends the request.</param>
    /// <exception cref="HubException">There was no answer, or one that is no success.</exception>
    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, Uri uri, long from, string what, CancellationToken cancellation)
    {
        for (var redirects = 0; redirects <= MaxRedirects; redirects++)
        {
            using var request = new HttpRequestMessage(method, uri);
            request.Headers.UserAgent.Add(new ProductInfoHeaderValue("semblance", "0.1"));
            request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity")); // sizes and hashes are of the file itself
            request.Headers.Range = from > 0 ? new RangeHeaderValue(from, null) : null;
            request.Headers.Authorization = options.Token is { } token && IsSameHost(uri, options.Endpoint) ? new AuthenticationHeaderValue("Bearer", token) : null;
            var response = await WaitAsync(
                timeout => http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, timeout), what, cancellation).ConfigureAwait(false);
            var target = IsRedirect(response.StatusCode) && response.Headers.Location is { } location ? new Uri(uri, location) : null;
            if (target is null || (method == HttpMethod.Head && !IsSameHost(target, uri)))
            {
                return response.IsSuccessStatusCode || target is not null || response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable
                    ? response
                    : throw Refused(response, uri.Host, what);
            }

            response.Dispose();
            if (target.Scheme != Uri.UriSchemeHttps && target.Scheme != uri.Scheme)
            {
                throw new HubException($"{uri.Host} redirects {what} to the unprotected address {target}; this is not followed.");
            }

            uri = target;
        }

        throw new HubException($"{uri.Host} redirects {what} again and again; try later.");
    }

    /// <summary>Waits for a step of the network, at most the options' time.</summary>
    /// <exception cref="HubException">It failed or took too long.</exception>
    public async Task<T> WaitAsync<T>(Func<CancellationToken, Task<T>> step, string what, CancellationToken cancellation)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timeout.CancelAfter(options.Timeout);
        try
        {
            return await step(timeout.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new HubException($"The server kept silent for {options.Timeout.TotalSeconds:0} seconds about {what}; try again, what is there stays.", null, new TimeoutException());
        }
        catch (HttpRequestException error) when (error.HttpRequestError == HttpRequestError.SecureConnectionError)
        {
            throw new HubException($"No secure connection for {what}: {error.Message} Behind a proxy that inspects traffic, trust its certificate (SSL_CERT_FILE on Linux).", null, error);
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            throw new HubException($"The connection for {what} failed: {error.Message} Check the network and proxy (HTTPS_PROXY), or set HF_ENDPOINT to a mirror; what is there stays.", null, error);
        }
    }

    private static bool IsSameHost(Uri left, Uri right) =>
        Uri.Compare(left, right, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) == 0;

    private static bool IsRedirect(HttpStatusCode status) => (int)status is 301 or 302 or 303 or 307 or 308;

    private static HubException Refused(HttpResponseMessage response, string host, string what)
    {
        using (response)
        {
            var message = response.StatusCode switch
            {
                HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden =>
                    $"{host} denies {what}: the name is wrong, or the model is private or gated. Check the name, accept the model's terms on its page, and set HF_TOKEN.",
                HttpStatusCode.NotFound => $"{host} has no {what}; check the name and the revision. A private model needs HF_TOKEN.",
                HttpStatusCode.TooManyRequests => $"{host} has had too many requests and refuses {what}; wait some minutes, or set HF_TOKEN.",
                _ => $"{host} answered {(int)response.StatusCode} ({response.ReasonPhrase}) when asked for {what}; try later.",
            };
            var retryAfter = response.Headers.RetryAfter;
            return new HubException(message, response.StatusCode)
            {
                RetryAfter = retryAfter?.Delta ?? (retryAfter?.Date is { } date && date > DateTimeOffset.UtcNow ? date - DateTimeOffset.UtcNow : null),
            };
        }
    }
}
