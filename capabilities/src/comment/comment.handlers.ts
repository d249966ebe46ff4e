import { CommentServiceService, type ListCommentsRequest } from '@pelagic/proto/crm/capability/v1/comment';
import type { Caller } from '@pelagic/chassis/caller';
import type { Database } from '@pelagic/chassis/database';
import { once } from '@pelagic/chassis/once';
import type { Handlers } from '@pelagic/chassis/rpc';
import { sql } from 'kysely';
import { listRecords } from '../record/list.ts';
import { getRecord } from '../record/records.ts';
import { commentOf, type CommentRow } from './comment.ts';
import { commentedNoun, createComment, deleteComment, updateComment, type Comments } from './write-comment.ts';

type Options = Comments & { database: Database };

export const commentHandlers = ({ database, ...comments }: Options): Handlers<CommentServiceService> => {
  /** Whoever sees the record sees all that was said of it. */
  const ofSeen = { ...comments.noun, reach: () => sql<boolean>`true` };
  const list = async ({ noun, recordId, pageSize, pageToken }: ListCommentsRequest, caller: Caller) => {
    await getRecord(database.sql, commentedNoun(comments, noun, 'noun'), recordId, caller);
    const filter = `record_id = "${recordId}"`;
    const page = { filter, pageSize, pageToken, orderBy: '', query: '', deleted: false, count: true };
    return listRecords<CommentRow>(database.sql, ofSeen, page, caller);
  };
  return {
    createComment: (request, caller) =>
      database.transact((tx) =>
        once(tx, caller, CommentServiceService.createComment, request, async () => ({
          comment: commentOf(comments.noun, await createComment(tx, comments, request.comment!, caller)),
        })),
      ),
    listComments: async (request, caller) => {
      const { rows, nextPageToken, totalSize = 0 } = await list(request, caller);
      return { comments: rows.map((row) => commentOf(comments.noun, row)), nextPageToken, totalSize };
    },
    updateComment: async (request, caller) => ({
      comment: commentOf(comments.noun, await database.transact((tx) => updateComment(tx, comments, request, caller))),
    }),
    deleteComment: async (request, caller) => {
      await database.transact((tx) => deleteComment(tx, comments, request, caller));
      return {};
    },
  };
};
