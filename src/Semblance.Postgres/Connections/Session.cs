using Npgsql;

namespace Semblance.Postgres;

/// <summary>Runs the statements of an index, on pooled connections or within a transaction of the caller.</summary>
/// <param name="index">The name of the index, for messages.</param>
internal abstract class Session(string index)
{
    /// <summary>Runs statements that change nothing, on one connection.</summary>
    public abstract Task<T> ReadAsync<T>(Func<NpgsqlConnection, Task<T>> read, CancellationToken cancellationToken);

    /// <summary>Runs statements as a unit: all of them take effect, or none.</summary>
    /// <param name="write">The statements.</param>
    /// <param name="isRepeatable">
    /// <see langword="true"/> if a repetition has the same effect and result; otherwise, <see langword="false"/>.
    /// </param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    public abstract Task<T> WriteAsync<T>(Func<NpgsqlConnection, Task<T>> write, bool isRepeatable, CancellationToken cancellationToken);

    /// <summary>Converts an exception of the database to one of the index; returns null for other exceptions.</summary>
    protected PostgresIndexException? Fault(Exception exception, string? remark = null) => exception switch
    {
        PostgresException { SqlState: PostgresErrorCodes.UndefinedTable } e =>
            new(
                index,
                $"there is no such index, or no longer ({e.MessageText}); create it, or look into the schema where it is (Search Path).",
                e),
        PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } e =>
            new(index, $"the database denies permission: {e.MessageText}; ask its owner for the permission.", e),
        PostgresException e => new(index, $"the database reports an error: {e.MessageText} (SQLSTATE {e.SqlState}){remark}", e),
        NpgsqlException { InnerException: TimeoutException } e =>
            new(
                index,
                $"the database did not answer in time{remark}; try again, or raise Timeout or Command Timeout of the connection.",
                e),
        NpgsqlException or System.Net.Sockets.SocketException =>
            new(
                index,
                $"the connection to the database failed: {exception.Message}{remark} Check that it runs at the connection's host and port.",
                exception),
        _ => null,
    };

    /// <summary>Runs statements on pooled connections and retries them if they fail.</summary>
    internal sealed class Pooled(NpgsqlDataSource source, PostgresAccess access, string index) : Session(index)
    {
        public override Task<T> ReadAsync<T>(Func<NpgsqlConnection, Task<T>> read, CancellationToken cancellationToken) =>
            RepeatAsync((connection, _) => read(connection), isRepeatable: true, access.Attempts, cancellationToken);

        public override Task<T> WriteAsync<T>(
            Func<NpgsqlConnection, Task<T>> write, bool isRepeatable, CancellationToken cancellationToken) =>
            RepeatAsync(
                (connection, committing) => CommittedAsync(connection, write, committing, cancellationToken),
                isRepeatable,
                access.Attempts,
                cancellationToken);

        /// <summary>Runs statements like <see cref="WriteAsync"/> without retries, for streams that cannot be read again.</summary>
        public Task<T> WriteOnceAsync<T>(Func<NpgsqlConnection, Task<T>> write, CancellationToken cancellationToken) =>
            RepeatAsync(
                (connection, committing) => CommittedAsync(connection, write, committing, cancellationToken),
                isRepeatable: false,
                attempts: 1,
                cancellationToken);

        private static async Task<T> CommittedAsync<T>(
            NpgsqlConnection connection, Func<NpgsqlConnection, Task<T>> write, Action committing, CancellationToken cancellationToken)
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            var result = await write(connection).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            committing();
            // If the commit were canceled, its outcome would be unknown.
            await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
            return result;
        }

        private async Task<T> RepeatAsync<T>(
            Func<NpgsqlConnection, Action, Task<T>> work, bool isRepeatable, int attempts, CancellationToken cancellationToken)
        {
            for (var attempt = 1; ; attempt++)
            {
                var (isOpen, isCommitting) = (false, false);
                try
                {
                    await using var connection = await source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
                    isOpen = true;
                    return await work(connection, () => isCommitting = true).ConfigureAwait(false);
                }
                catch (NpgsqlException e) when (e.IsTransient && attempt < attempts && (isRepeatable || !isCommitting)
                    && !(isOpen && e.InnerException is TimeoutException))
                {
                    await Task.Delay(access.DelayAfter(attempt), cancellationToken).ConfigureAwait(false);
                }
                catch (Exception e) when (Fault(e, Remark(isCommitting, attempt)) is { } fault)
                {
                    throw fault;
                }
            }
        }

        private static string Remark(bool isCommitting, int attempt) =>
            (isCommitting ? " — during the commit, so check whether the change was saved" : "") +
            (attempt > 1 ? $" — tried {attempt} times." : ".");
    }

    /// <summary>Runs statements within a transaction of the caller, who commits it or rolls it back.</summary>
    internal sealed class Joined(NpgsqlTransaction transaction, string index) : Session(index)
    {
        private const string Savepoint = "semblance";

        // Rolls back to the savepoint, which also ends the settings of a search.
        public override Task<T> ReadAsync<T>(Func<NpgsqlConnection, Task<T>> read, CancellationToken cancellationToken) =>
            RunAsync(read, isKept: false, cancellationToken);

        public override Task<T> WriteAsync<T>(
            Func<NpgsqlConnection, Task<T>> write, bool isRepeatable, CancellationToken cancellationToken) =>
            RunAsync(write, isKept: true, cancellationToken);

        private async Task<T> RunAsync<T>(Func<NpgsqlConnection, Task<T>> work, bool isKept, CancellationToken cancellationToken)
        {
            try
            {
                var connection = transaction.Connection ?? throw new InvalidOperationException("The transaction has ended; begin another.");
                await transaction.SaveAsync(Savepoint, cancellationToken).ConfigureAwait(false);
                var isDone = false;
                try
                {
                    var result = await work(connection).ConfigureAwait(false);
                    isDone = isKept;
                    return result;
                }
                finally
                {
                    if (isDone)
                    {
                        await transaction.ReleaseAsync(Savepoint, CancellationToken.None).ConfigureAwait(false);
                    }
                    else if (connection.State == System.Data.ConnectionState.Open)
                    {
                        await transaction.RollbackAsync(Savepoint, CancellationToken.None).ConfigureAwait(false);
                        await transaction.ReleaseAsync(Savepoint, CancellationToken.None).ConfigureAwait(false);
                    }
                }
            }
            catch (Exception e) when (Fault(e) is { } fault)
            {
                throw fault;
            }
        }
    }
}
