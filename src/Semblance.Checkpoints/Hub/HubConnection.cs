using System.Net;
using System.Net.Http.Headers;

namespace Semblance.Checkpoints;

/// <summary>
/// Sends requests to the Hub. It follows redirects itself, so that the token is sent to the host of the Hub only; errors become
/// <see cref="HubException"/>; transient ones are retried.
/// </summary>
internal sealed class HubConnection(HubOptions options, HttpClient http)
{
    private const int MaxRedirects = 8;
    private const long LeastProgress = 1 << 14; // without it, a server that sends one byte per request would be asked forever
    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(60);

    /// <summary>Runs an action until it succeeds or has failed too often without progress.</summary>
    /// <param name="action">The action, which can throw <see cref="HubException"/>.</param>
    /// <param name="attempts">The maximum number of attempts.</param>
    /// <param name="progress">Returns a number that grows with progress, which resets the number of attempts.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    public async Task<T> RetryAsync<T>(Func<Task<T>> action, int attempts, Func<long> progress, CancellationToken cancellationToken)
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
                await options.Delay(delay < MaxDelay ? delay : MaxDelay, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Sends one request and follows its redirects.</summary>
    /// <param name="method">GET or HEAD; HEAD follows redirects on the same host only, because the response of the Hub is needed.</param>
    /// <param name="uri">The address.</param>
    /// <param name="from">The offset of the first byte of the body.</param>
    /// <param name="what">The requested object, for messages.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <exception cref="HubException">There was no response, or one that is not a success.</exception>
    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, Uri uri, long from, string what, CancellationToken cancellationToken)
    {
        for (var redirects = 0; redirects <= MaxRedirects; redirects++)
        {
            using var request = new HttpRequestMessage(method, uri);
            request.Headers.UserAgent.Add(new ProductInfoHeaderValue("semblance", "0.1"));
            // Sizes and hashes are those of the uncompressed file.
            request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity"));
            request.Headers.Range = from > 0 ? new RangeHeaderValue(from, null) : null;
            request.Headers.Authorization = options.Token is { } token && IsSameHost(uri, options.Endpoint)
                ? new AuthenticationHeaderValue("Bearer", token)
                : null;
            var response = await WaitAsync(
                timeout => http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, timeout), what, cancellationToken)
                .ConfigureAwait(false);
            var target = IsRedirect(response.StatusCode) && response.Headers.Location is { } location ? new Uri(uri, location) : null;
            if (target is null || (method == HttpMethod.Head && !IsSameHost(target, uri)))
            {
                return response.IsSuccessStatusCode || target is not null
                    || response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable
                    ? response
                    : throw Refused(response, uri.Host, what);
            }

            response.Dispose();
            if (target.Scheme != Uri.UriSchemeHttps && target.Scheme != uri.Scheme)
            {
                throw new HubException(
                    $"{uri.Host} redirects {what} to the unencrypted address {target}, which is not allowed; check HF_ENDPOINT.");
            }

            uri = target;
        }

        throw new HubException($"{uri.Host} redirects {what} more than {MaxRedirects} times; try again later.");
    }

    /// <summary>Waits for a network operation, at most <see cref="HubOptions.Timeout"/>.</summary>
    /// <exception cref="HubException">The operation failed or timed out.</exception>
    public async Task<T> WaitAsync<T>(Func<CancellationToken, Task<T>> step, string what, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(options.Timeout);
        try
        {
            return await step(timeout.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HubException(
                $"The server sent nothing for {options.Timeout.TotalSeconds:0} seconds for {what}; try again, the received bytes are "
                + "kept.", null, new TimeoutException());
        }
        catch (HttpRequestException error) when (error.HttpRequestError == HttpRequestError.SecureConnectionError)
        {
            throw new HubException(
                $"There is no secure connection for {what}: {error.Message} If a proxy inspects the traffic, trust its certificate "
                + "(SSL_CERT_FILE on Linux).", null, error);
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            throw new HubException(
                $"The connection for {what} failed: {error.Message} Check the network and the proxy (HTTPS_PROXY), or set HF_ENDPOINT to "
                + "a mirror; the received bytes are kept.",
                null,
                error);
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
                    $"{host} denies {what}: the name is wrong, or the model is private or gated. Check the name, accept the model's terms "
                    + "on its page, and set HF_TOKEN.",
                HttpStatusCode.NotFound => $"{host} has no {what}; check the name and the revision. A private model needs HF_TOKEN.",
                HttpStatusCode.TooManyRequests =>
                    $"{host} received too many requests and refuses {what}; wait some minutes, or set HF_TOKEN.",
                _ => $"{host} answered {(int)response.StatusCode} ({response.ReasonPhrase}) to the request for {what}; try again later.",
            };
            var retryAfter = response.Headers.RetryAfter;
            return new HubException(message, response.StatusCode)
            {
                RetryAfter = retryAfter?.Delta
                    ?? (retryAfter?.Date is { } date && date > DateTimeOffset.UtcNow ? date - DateTimeOffset.UtcNow : null),
            };
        }
    }
}
